const net = require('net');
const porta = Number(process.argv[2]);
net.createServer({ allowHalfOpen: false }, (s) => {
  s.on('error', () => {});
  s.on('data', (d) => s.end(d.toString().toUpperCase()));
}).listen(porta, '127.0.0.1');
