const dgram = require('dgram');
const s = dgram.createSocket('udp4');
s.on('message', (m, r) => s.send('UDP: ' + m.toString().toUpperCase(), r.port, r.address));
s.bind(65431, 'localhost');
