const net = require('net');
let clientes = 0;
net.createServer(s => {
  clientes++;
  s.write('Voce e o cliente numero ' + clientes + '\n');
  s.on('data', d => s.end(d.toString('latin1').toUpperCase(), 'latin1'));
  s.on('error', e => console.error(e.message));
}).listen(65432, '127.0.0.1');
