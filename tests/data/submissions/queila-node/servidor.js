const net = require('net');

const servidor = net.createServer(conexao => {
  conexao.setEncoding('utf8');
  conexao.on('data', texto => {
    console.log('recebido:', texto.length, 'caracteres');
    conexao.write(texto);
  });
  conexao.on('end', () => console.log('cliente saiu'));
});
servidor.listen(65432, '0.0.0.0');
