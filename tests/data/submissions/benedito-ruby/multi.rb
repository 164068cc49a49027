require 'socket'
srv = TCPServer.new(65432)
loop do
  Thread.start(srv.accept) do |c|
    c.puts c.gets.to_s.upcase
    c.close
  end
end
