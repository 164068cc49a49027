<?php
$s = socket_create(AF_INET, SOCK_DGRAM, SOL_UDP);
socket_bind($s, '127.0.0.1', 65431);
while (true) {
    socket_recvfrom($s, $msg, 1024, 0, $ip, $porta);
    $resposta = "UDP: " . strtoupper($msg);
    socket_sendto($s, $resposta, strlen($resposta), 0, $ip, $porta);
}
