require 'socket'
s = UDPSocket.new
s.bind('localhost', 65431)
loop do
  texto, de = s.recvfrom(2048)
  puts "#{de[3]} wrote: #{texto}"
  s.send(texto.upcase, 0, de[3], de[1])
end
