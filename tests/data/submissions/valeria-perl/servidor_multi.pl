use strict;
use warnings;
use IO::Socket::INET;

# servidor de maiusculas, um filho por cliente
$SIG{CHLD} = 'IGNORE';
my $srv = IO::Socket::INET->new(LocalPort => 65432, Proto => 'tcp', Listen => 5, ReuseAddr => 1)
    or die "nao abriu: $!";
while (my $cli = $srv->accept) {
    next if fork;
    my $linha = <$cli>;
    print $cli uc($linha // '');
    close $cli;
    exit;
}
