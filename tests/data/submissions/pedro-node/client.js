const net = require('net');
const socket = net.createConnection({ port: 65432, host: '127.0.0.1' }, () => socket.write('Hello from node'));
socket.on('data', (data) => {
  console.log(data.toString());
  socket.end();
});
