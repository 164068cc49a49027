local socket = require("socket")

local servidor = assert(socket.bind("127.0.0.1", 65432))
local cliente = servidor:accept()
cliente:settimeout(0.05)
while true do
  local dados, erro, parcial = cliente:receive(1024)
  dados = dados or parcial
  if #dados > 0 then cliente:send(dados) end
  if erro == "closed" then break end
end
cliente:close()
servidor:close()
