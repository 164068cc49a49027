local socket = require("socket")
local udp = socket.udp()
udp:setsockname("127.0.0.1", 65431)
while true do
  local msg, ip, porta = udp:receivefrom()
  if msg then
    print(ip .. " wrote: " .. msg)
    udp:sendto(msg:upper(), ip, porta)
  end
end
