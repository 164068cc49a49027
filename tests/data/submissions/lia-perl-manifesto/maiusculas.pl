use strict;
use IO::Socket::INET;
my $u = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 65431, Proto => 'udp') or die $!;
my $m;
while (1) {
    $u->recv($m, 1024);
    print $u->peerhost, " wrote: $m\n";
    $m =~ tr/a-z/A-Z/;
    $u->send($m);
}
