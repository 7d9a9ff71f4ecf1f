-- Dep in Neovim 0.11 and later: the server, and what a program renders. Copy it to ~/.config/nvim/lsp/dep.lua and call
-- vim.lsp.enable("dep"); `../vim` has the file type and colours.
return {
  cmd = { "depc", "lsp" },
  filetypes = { "dep" },
  root_markers = { "dep.toml", ".git" },
  on_attach = function(client, buffer)
    -- What the program of this buffer renders, in a window beside it.
    vim.api.nvim_buf_create_user_command(buffer, "DepPreview", function()
      local uri = "depc:/preview" .. vim.api.nvim_buf_get_name(buffer) .. ".yaml"
      client:request("workspace/textDocumentContent", { uri = uri }, function(error, found)
        if error then
          vim.notify(error.message, vim.log.levels.ERROR)
          return
        end
        vim.cmd("vnew")
        vim.bo.buftype, vim.bo.bufhidden, vim.bo.filetype = "nofile", "wipe", "yaml"
        vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(found.text, "\n"))
      end)
    end, { desc = "Show what this program renders" })
  end,
}
