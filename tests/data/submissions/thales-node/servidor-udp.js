const dgram = require('dgram');
const s = dgram.createSocket('udp4');
s.on('message', (m, de) => console.log(de.address, 'escreveu:', m.toString().toUpperCase()));
s.on('listening', () => console.log('pronto'));
s.bind(65431, '127.0.0.1');
