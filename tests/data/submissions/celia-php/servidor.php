<?php
$servidor = stream_socket_server("tcp://0.0.0.0:65432", $erro, $texto);
if (!$servidor) {
    die("$texto ($erro)\n");
}
$cliente = stream_socket_accept($servidor, -1);
while (($dados = fread($cliente, 1024)) !== false && $dados !== '') {
    fwrite($cliente, $dados);
}
fclose($cliente);
fclose($servidor);
