-- Dep in Neovim 0.7 and later: the server, what a program renders, and the way from one to the other.
--
--   require("dep").setup({ cmd = { "depc", "lsp" } })
--
-- `../vim` has the file type and colours; `../tree-sitter-dep` has the grammar.
local M = {}

local options = { cmd = { "depc", "lsp" }, on_attach = nil, capabilities = nil }

-- The running client that speaks of a file, or of a virtual document.
local clients = {}

local function any_client()
  for _, id in pairs(clients) do
    local client = vim.lsp.get_client_by_id(id)
    if client then return client end
  end
end

local function root_of(path)
  local folder = vim.fn.fnamemodify(path, ":p:h")
  for _, marker in ipairs({ "dep.toml", ".git" }) do
    local found = vim.fn.findfile(marker, folder .. ";")
    if found == "" then found = vim.fn.finddir(marker, folder .. ";") end
    if found ~= "" then return vim.fn.fnamemodify(found, ":p:h" .. (marker == ".git" and ":h" or "")) end
  end
  return folder
end

-- Puts the text of a virtual document, or why there is none, into its buffer.
local function put(buffer, client, failed, found)
  if not vim.api.nvim_buf_is_valid(buffer) then return end
  local text = failed and (failed.message or failed) or found.text
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text:gsub("\n$", ""), "\n"))
  vim.bo[buffer].modifiable, vim.bo[buffer].modified = false, false
  -- With the client, the definition of a line can be asked for.
  if not vim.b[buffer].dep_attached then
    vim.b[buffer].dep_attached = true
    vim.lsp.buf_attach_client(buffer, client.id)
  end
end

local METHOD = "workspace/textDocumentContent"

-- Asks again for the text of a virtual document.
local function refresh(buffer)
  local client = any_client()
  if not client then return end
  client.request(METHOD, { uri = vim.uri_from_bufnr(buffer) }, function(failed, found)
    put(buffer, client, failed, found)
  end, buffer)
end

-- Loads a virtual document. Whoever opens a buffer reads its lines next, so this waits for them.
local function load(buffer)
  local client = any_client()
  if not client then return end
  local answer = client.request_sync(METHOD, { uri = vim.uri_from_bufnr(buffer) }, 10000, buffer)
  if answer then put(buffer, client, answer.err, answer.result) end
end

-- Neovim knows the name of a buffer for an address by its `//`, and takes others for files of this folder.
local function open_virtual(event)
  local buffer = event.buf
  vim.api.nvim_buf_set_name(buffer, "depc:///" .. vim.api.nvim_buf_get_name(buffer):match("depc:/+(.*)"))
  vim.bo[buffer].buftype, vim.bo[buffer].swapfile = "nofile", false
  local ending = vim.api.nvim_buf_get_name(buffer):match("%.(%a+)$")
  vim.bo[buffer].filetype = ({ yaml = "yaml", md = "markdown" })[ending] or ""
  vim.bo[buffer].syntax = ending == "dep" and "dep" or vim.bo[buffer].filetype
  load(buffer)
end

-- Places in virtual documents, by the names that their buffers have.
local function places(method)
  return function(failed, result, context, given)
    for _, place in ipairs(type(result) == "table" and (result[1] and result or { result }) or {}) do
      for _, key in ipairs({ "uri", "targetUri" }) do
        if place[key] then place[key] = place[key]:gsub("^depc:/+", "depc:///") end
      end
    end
    return vim.lsp.handlers[method](failed, result, context, given)
  end
end

-- What a client is started with. The server says when a virtual document that is shown may be another.
local function config(root)
  local capabilities = vim.tbl_deep_extend("force", vim.lsp.protocol.make_client_capabilities(), options.capabilities or {}, {
    workspace = { textDocumentContent = { dynamicRegistration = false } },
  })
  return {
    name = "depc",
    cmd = options.cmd,
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = vim.fn.fnamemodify(root, ":t") } },
    capabilities = capabilities,
    on_attach = options.on_attach,
    handlers = {
      ["textDocument/definition"] = places("textDocument/definition"),
      ["textDocument/declaration"] = places("textDocument/declaration"),
      ["textDocument/typeDefinition"] = places("textDocument/typeDefinition"),
      ["textDocument/references"] = places("textDocument/references"),
      ["workspace/textDocumentContent/refresh"] = function(_, params)
        for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
          if vim.uri_from_bufnr(buffer) == params.uri then refresh(buffer) end
        end
        return vim.NIL
      end,
    },
    on_exit = function(_, _, id)
      for known, client in pairs(clients) do
        if client == id then clients[known] = nil end
      end
    end,
  }
end

local function attach(buffer)
  local path = vim.api.nvim_buf_get_name(buffer)
  if path == "" or path:match("depc:/") then return end
  local root = root_of(path)
  clients[root] = clients[root] or vim.lsp.start_client(config(root))
  vim.lsp.buf_attach_client(buffer, clients[root])
  vim.bo[buffer].omnifunc = "v:lua.vim.lsp.omnifunc"
end

local function beside(uri)
  vim.cmd("vsplit")
  vim.cmd("edit " .. vim.fn.fnameescape(uri))
end

-- Shows what the program of this buffer renders, in a window beside it.
function M.preview()
  local here = vim.api.nvim_get_current_win()
  beside("depc:///preview" .. vim.uri_from_bufnr(0):gsub("^file://", "") .. ".yaml")
  vim.api.nvim_set_current_win(here)
end

-- Leads from the cursor to the lines that are rendered from there. In a preview, the definition leads back.
function M.rendered()
  local client = any_client()
  local position = vim.lsp.util.make_position_params(0, client.offset_encoding)
  client.request("workspace/executeCommand", {
    command = "depc.rendered",
    arguments = { position.textDocument.uri, position.position },
  }, function(failed, found)
    if failed or not found then
      vim.notify(failed and failed.message or "This renders nothing by itself.")
      return
    end
    local uri = found.uri:gsub("^depc:/+", "depc:///")
    local window = vim.fn.bufwinid(vim.uri_to_bufnr(uri))
    if window == -1 then beside(uri) else vim.api.nvim_set_current_win(window) end
    pcall(vim.api.nvim_win_set_cursor, 0, { found.range.start.line + 1, found.range.start.character })
  end)
end

-- Runs depc on this file, and shows what it prints.
local function told(words)
  vim.cmd("silent update")
  local lines = vim.fn.systemlist(vim.list_extend({ options.cmd[1] }, words))
  vim.cmd("botright new")
  vim.bo.buftype, vim.bo.bufhidden = "nofile", "wipe"
  vim.api.nvim_buf_set_lines(0, 0, -1, false, lines)
end

function M.setup(given)
  options = vim.tbl_extend("force", options, given or {})
  local group = vim.api.nvim_create_augroup("depc", {})
  vim.api.nvim_create_autocmd("FileType", { group = group, pattern = "dep", callback = function(event) attach(event.buf) end })
  vim.api.nvim_create_autocmd("BufReadCmd", { group = group, pattern = { "depc:/*", "*/depc:/*" }, callback = open_virtual })
  local command = vim.api.nvim_create_user_command
  command("DepPreview", M.preview, { desc = "Show what this program renders" })
  command("DepRendered", M.rendered, { desc = "Show what this place renders" })
  command("DepExplain", function(given_to)
    told(vim.list_extend({ "explain", vim.fn.expand("%:p") }, given_to.fargs))
  end, { nargs = "+", desc = "Say where a value comes from" })
  command("DepGraph", function() told({ "graph", vim.fn.expand("%:p") }) end, { desc = "Show which services use which" })
  -- Buffers that were there before.
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.bo[buffer].filetype == "dep" then attach(buffer) end
  end
end

return M
