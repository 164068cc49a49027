const net = require('net');

const server = net.createServer((socket) => {
  console.log('Connected by', socket.remoteAddress, socket.remotePort);
  socket.on('error', (err) => console.log(err.code));
  socket.pipe(socket);
});

server.listen(65432, '127.0.0.1', () => console.log('listening'));
