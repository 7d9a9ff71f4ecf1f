autocmd BufRead,BufNewFile *.dep setfiletype dep
