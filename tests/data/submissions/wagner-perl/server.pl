use strict;
use Socket;
socket(my $s, PF_INET, SOCK_STREAM, getprotobyname('tcp')) or die $!;
bind($s, sockaddr_in(65432, inet_aton('127.0.0.1'))) or die $!;
listen($s, 5);
my $end = accept(my $c, $s);
my $dados;
while (1) {
    recv($c, $dados, 1024, 0);
    last if $dados eq '';
    $dados =~ s/[^\x20-\x7e]//g;   # tira o lixo
    send($c, $dados, 0);
}
