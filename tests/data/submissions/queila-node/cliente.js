const net = require('net');
const c = net.connect(65432, 'localhost');
c.write('oi');
c.on('data', d => { console.log(String(d)); c.end(); });
