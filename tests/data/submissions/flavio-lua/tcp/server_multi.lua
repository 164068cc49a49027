local socket = require("socket")
local servidor = socket.bind("*", 65432)
while true do
  local c = servidor:accept()
  local linha = c:receive("*l")
  if linha then c:send(linha:upper()) end
  c:close()
end
