# Linhas que um servidor envia a vários clientes.
lines-right = { $clients ->
    [1] o cliente recebeu as linhas esperadas, e nenhuma outra
   *[other] { $clients } clientes receberam as linhas esperadas, e nenhuma outra
}
story-reads-nothing = o cliente { $client } nunca lê o que lhe é enviado

line-own = o cliente { $client } recebeu de volta a própria linha: “{ $line }”
line-twice = o cliente { $client } recebeu a mesma linha duas vezes: “{ $line }”
line-extra = o cliente { $client } recebeu uma linha que não é para ele: “{ $line }”
line-out-of-order = o cliente { $client } recebeu “{ $line }” antes de “{ $next }”, que foi enviada primeiro
line-differs = o cliente { $client } recebeu “{ $got }” em vez da linha “{ $line }”
line-without-beginning = o cliente { $client } recebeu “{ $got }” em vez de “{ $line }”: falta o começo
line-in-pieces = o cliente { $client } recebeu “{ $got }”, só a primeira parte de “{ $line }”: o servidor trata os dados de um recv como uma linha inteira
line-mixed = o cliente { $client } recebeu “{ $got }” em vez de “{ $line }”: bytes de duas linhas estão misturados, ou falta o fim da linha
line-without-end = o cliente { $client } recebeu “{ $line }” sem a quebra de linha (\n) no fim
lines-too-many = o cliente { $client } recebeu muito mais do que o esperado: { $bytes } bytes nem foram guardados
line-server-ended = o servidor terminou ({ $status }) antes de o cliente { $client } receber “{ $line }”
line-server-ended-said = o servidor terminou ({ $status }) antes de o cliente { $client } receber “{ $line }”; última saída: “{ $said }”
line-closed = o servidor fechou a conexão do cliente { $client } antes de ele receber “{ $line }”
line-held-up = o cliente { $client } não recebeu “{ $line }” enquanto o cliente { $unread } não lia: um leitor lento bloqueia os outros
line-to-others-only = o cliente { $client } não recebeu “{ $line }”, mas o cliente { $other } recebeu
line-missing = o cliente { $client } não recebeu “{ $line }”; a última linha deste tipo que recebeu é “{ $got }”
line-missing-others-came = o cliente { $client } não recebeu “{ $line }”, embora tenha recebido outras linhas
line-after-another = o cliente { $client } não recebeu “{ $line }”, que foi enviada junto com a linha anterior: o servidor perde o que vem depois da primeira linha nos dados de um recv
line-without-part = o cliente { $client } recebeu “{ $got }” em vez de “{ $line }”: falta o pedaço que chegou primeiro
line-not-accepted = o cliente { $client } não recebeu “{ $line }”: o cliente { $queued } ainda esperava ser aceito, portanto o servidor atende um cliente de cada vez
line-missing-nothing-came = o cliente { $client } não recebeu “{ $line }” nem nenhuma outra linha

hint-line-own = ao enviar a todos os clientes, deixe de fora aquele de quem a linha veio
hint-line-extra = verifique a quem esta linha é enviada, e envie só o que o item exige
hint-line-order = repasse as linhas na ordem em que chegam: uma depois da outra, com uma fila para cada cliente
hint-line-beginning = monte a linha inteira, com o que vai antes do texto, e só então a envie
hint-line-pieces = recv retorna uma quantidade qualquer de bytes, não linhas: junte-os em um buffer para cada conexão e retire uma linha a cada "\n"; envie cada linha inteira
hint-line-end = termine com "\n" cada linha que enviar
hint-line-closed = feche a conexão de um cliente só quando o recv dela retornar vazio ou falhar
hint-line-held-up = send bloqueia quando o cliente não lê: dê a cada cliente uma fila limitada e uma thread de envio própria (ou use sockets não bloqueantes), e desconecte um cliente cuja fila encheu
hint-line-to-all = guarde uma lista de todos os clientes conectados e percorra-a inteira a cada linha; um erro de um deles não deve interromper o laço
hint-line-not-accepted = chame accept em um laço que não faz mais nada, e atenda cada cliente em uma thread própria (ou todos com select)

mistake-line-with-end = escreva a linha sem a quebra no fim; esta tem uma: “{ $line }”
mistake-line-in-two-lists = a linha “{ $line }” está em duas listas: não seria possível saber a qual ela pertence
