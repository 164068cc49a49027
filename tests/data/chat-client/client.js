const net = require('net');
const readline = require('readline');
const socket = net.connect(Number(process.argv[3]), process.argv[2]);
socket.setEncoding('utf8');
let rest = '';
socket.on('data', (text) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop();
  lines.forEach((line) => console.log(line));
});
socket.on('end', () => process.exit(0));
socket.on('error', (error) => { console.error('erro:', error.message); process.exit(1); });
const keyboard = readline.createInterface({ input: process.stdin });
keyboard.on('line', (line) => socket.write(line + '\n'));
keyboard.on('close', () => socket.end());
