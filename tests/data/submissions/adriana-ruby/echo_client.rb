require 'socket'
s = TCPSocket.new('127.0.0.1', 65432)
s.write 'hello ruby'
puts s.readpartial(1024)
s.close
