const dgram = require('dgram');
const c = dgram.createSocket('udp4');
c.on('message', m => { console.log(m.toString()); c.close(); });
c.send('mensagem de teste', 65431, '127.0.0.1');
