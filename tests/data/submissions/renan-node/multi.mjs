import { createServer } from 'node:net';

createServer((s) => {
  s.once('data', (d) => {
    console.log(s.remotePort, 'escreveu', d.toString());
    s.end(d.toString().toUpperCase());
  });
  s.on('error', () => {});
}).listen({ port: 65432, host: '::' });
