require 'socket'

server = TCPServer.new('127.0.0.1', 65432)
client = server.accept
puts "Connected by #{client.peeraddr.inspect}"
begin
  loop { client.write(client.readpartial(1024)) }
rescue EOFError
  client.close
end
