const dgram = require('dgram');
const server = dgram.createSocket('udp4');

server.on('message', (msg, rinfo) => {
  console.log(`${rinfo.address}:${rinfo.port} wrote: ${msg}`);
  server.send(Buffer.from(msg.toString().toUpperCase()), rinfo.port, rinfo.address);
});
server.bind(65431);
