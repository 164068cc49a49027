# `socklab analyze`.
analyze-summary = { $file }: pacotes: { $frames }, conexões TCP: { $tcp }, conversas UDP: { $udp }
analyze-other = pacotes que não são TCP nem UDP: { $count }
analyze-malformed = pacotes malformados: { $count }
analyze-fragments = fragmentos de pacotes, não remontados: { $count }
analyze-link-named = pacotes com tipo de enlace não suportado { $number } ({ $name }); suportados: Ethernet, loopback, Linux cooked e IP puro: { $count }
analyze-link = pacotes com tipo de enlace não suportado { $number }; suportados: Ethernet, loopback, Linux cooked e IP puro: { $count }
analyze-end-missing = a captura está truncada no bloco que começa no byte { $at }; o que vem antes é mostrado
analyze-unreadable = não foi possível ler o arquivo de captura { $file }: { $problem }
analyze-not-a-capture = não é um arquivo pcapng nem pcap
analyze-cut-short = está truncado no bloco que começa no byte { $at }
analyze-too-many-bytes = { $file } tem mais de { $most } MiB de pacotes na porta { $port }, e mais do que isso não pode ser julgado
analyze-terminal = a entrada padrão é um terminal: envie uma captura a ela, como em tcpdump -w - | socklab analyze -
analyze-damaged = a captura está danificada: { $problem }; os pacotes antes disso são mostrados: { $packets }
analyze-compressed-damaged = os dados compactados estão danificados ou terminam antes da hora
analyze-dropped = pacotes que o programa de captura descartou, pela contagem dele no arquivo: { $count }
analyze-not-captured = bytes ou FINs enviados, mas não capturados: { $count }
analyze-block-too-large = o bloco que começa no byte { $at } declara { $length } bytes, o que é demais
analyze-malformed-block = o bloco que começa no byte { $at } está malformado: { $why }
analyze-fault-interface = descrição de interface incompleta
analyze-fault-interfaces = interfaces demais
analyze-fault-statistics = estatísticas de uma interface desconhecida
analyze-fault-packet = um pacote sem os seus campos, dados ou interface
analyze-fault-section = uma seção sem o seu número mágico
analyze-fault-version = versão de pcapng não suportada
analyze-fault-length = um comprimento impossível
analyze-fault-lengths = os dois campos de comprimento diferem
analyze-label-handshake = handshake
analyze-label-client = cliente
analyze-label-server = servidor
analyze-label-end = fim
analyze-handshake-complete = completo: SYN, SYN-ACK, ACK
analyze-handshake-half-open = pela metade: SYN e SYN-ACK, sem ACK
analyze-handshake-reordered = completo, mas em outra ordem: na captura, o SYN-ACK vem antes do SYN
analyze-handshake-no-syn-ack = o SYN-ACK não está na captura; os pacotes seguintes mostram que ele chegou
analyze-handshake-unanswered = não há na captura resposta ao SYN
analyze-handshake-refused = recusado: o SYN foi respondido com RST
analyze-handshake-none = o SYN não está na captura, que talvez comece depois dele
analyze-sent = bytes: { $bytes }, em segmentos: { $segments }, com PSH: { $pushed }{ $retransmissions ->
    [0] {""}
   *[other] , retransmissões: { $retransmissions }
}{ $zero ->
    [0] {""}
   *[other] , janela zero (zero window): { $zero }
}{ $missing ->
    [0] {""}
   *[other] , enviados, mas não capturados: { $missing }
}
analyze-zero-windows = janela zero (zero window): { $count }
analyze-datagrams = datagramas: { $count }, bytes ao todo: { $bytes }
analyze-unreachable = datagramas respondidos com ICMP port unreachable: { $count }
analyze-end-client-first = um FIN de cada ponta, o do cliente primeiro
analyze-end-server-first = um FIN de cada ponta, o do servidor primeiro
analyze-end-together = um FIN de cada ponta, os dois ao mesmo tempo
analyze-end-half = só o FIN de uma ponta está na captura
analyze-end-open = ainda aberta no fim da captura
analyze-end-refused = recusada
analyze-end-reset-by-client = abortada (RST) pelo cliente
analyze-end-reset-by-server = abortada (RST) pelo servidor
gap-capture-only = uma captura sozinha não mostra isto: execute o programa com o socklab
capture-nothing-there = a captura não tem conversa { $protocol } com um servidor na porta { $port } (outra porta: --port)
capture-nothing-whole = nenhuma conversa { $protocol } na porta { $port } está completa na captura: { $why }
capture-why-unanswered = um SYN não tem resposta nela: nenhum servidor escutava, ou a resposta não foi capturada
capture-why-refused = a conexão foi recusada (RST): nenhum servidor escutava na porta
capture-why-no-syn = o SYN não está nela: comece a capturar antes de o cliente se conectar
capture-why-half-open = o ACK do cliente no handshake não está nela
capture-why-no-syn-ack = o SYN-ACK de uma conexão estabelecida não está nela
capture-why-reordered = nela o SYN-ACK vem antes do SYN: o programa de captura trocou a ordem
capture-why-reset-by-client = o cliente abortou a conexão (RST) antes de ter a resposta inteira; isso não é culpa do servidor
capture-why-open = a conexão ainda está aberta no fim dela: pare de capturar depois que as duas pontas fecharem (um servidor que nunca fecha dá na mesma)
capture-why-cut = faltam dados nos pacotes, ou mais de { $most } MiB foram enviados em um sentido, e só isso é examinado
capture-why-hole = ela tem uma lacuna: { $count ->
    [1] 1 byte ou FIN foi enviado, mas não capturado
   *[other] { $count } bytes (ou um FIN entre eles) foram enviados, mas não capturados
}
capture-why-hole-dropped = ela tem uma lacuna: { $count ->
    [1] 1 byte ou FIN foi enviado, mas não capturado
   *[other] { $count } bytes (ou um FIN entre eles) foram enviados, mas não capturados
}; pela sua própria contagem, o programa de captura descartou pacotes: { $dropped }
capture-why-partial = uma conversa começa com um datagrama do servidor: a captura começa tarde demais
capture-why-before-server = um datagrama não pôde ser entregue (ICMP): o servidor ainda não estava em execução
capture-left-out = conversas desconsideradas, porque a captura só tem uma parte delas: { $count }; { $why }
capture-unanswered = há na captura datagramas para o servidor sem resposta; conversas: { $count }, a primeira com { $client }. A captura termina cedo demais, um datagrama se perdeu ou o servidor não respondeu
capture-few-clients = { $found }: capture vários clientes conectados ao mesmo tempo
capture-loss-possible = { $found }; uma rede pode perder datagramas, então isto não prova uma falha do servidor
client-reset = o cliente { $client } abortou a sua conexão (RST), e por isso os pacotes não mostram como o servidor a fecha
capture-snapped = a captura só contém os primeiros bytes de cada pacote: capture de novo sem limite de tamanho (tcpdump -s 0)
capture-has-others = além de conexões completas, a porta { $port } aparece em pacotes de { $from } para { $to }: capture uma conexão do começo ao fim, e nada mais nessa porta
capture-of-one-machine = as duas pontas são { $at }, a mesma máquina: capture entre duas máquinas
capture-count-unsure = { $found }; outras conversas nesta porta estão incompletas na captura
capture-shows-part = a captura mostra: { $shown }; o resto ela não mostra sozinha: execute o programa com o socklab
capture-shows-both = { $first }; { $second }
capture-also = também: { $because }
