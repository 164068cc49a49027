<?php
$c = stream_socket_client("tcp://127.0.0.1:65432");
fwrite($c, "ola do php");
echo fread($c, 1024), "\n";
fclose($c);
