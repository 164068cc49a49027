# Mensagens de um formato, e seus campos.
messages-right = { $messages ->
    [0] não veio nenhuma mensagem, como esperado
    [1] veio 1 mensagem, como esperado
   *[other] vieram { $messages } mensagens, todas como esperado
}

message-cut = a mensagem { $number } da conexão { $client } é curta demais: de seus { $bytes } bytes, restam { $left } para o campo { $name } no byte { $position }, que precisa de { $needed }
message-extra = a mensagem { $number } da conexão { $client } é longa demais: { $bytes ->
    [1] há 1 byte
   *[other] há { $bytes } bytes
} depois do último campo, a partir do byte { $position }: “{ $extra }”
message-unterminated = a última linha da conexão { $client } não tem fim de linha (\n): “{ $line }”
message-no-match = a linha { $number } da conexão { $client } é “{ $line }”, que não segue o padrão { $pattern }
message-no-json = a linha { $number } da conexão { $client } não é um objeto JSON: “{ $line }”
message-again = a mensagem { $number } da conexão { $client } repete a anterior: { $text } foi enviada de novo
message-again-answered = a mensagem { $number } da conexão { $client } repete a anterior: { $text } foi enviada de novo depois da resposta { $answer }
message-left-out = a mensagem { $number } da conexão { $client } é { $text } em vez de { $wanted }, que foi pulada
messages-missing = pela conexão { $client } { $messages ->
    [0] não veio nenhuma mensagem
    [1] veio 1 mensagem
   *[other] vieram { $messages } mensagens
}, e não { $of }; a próxima deveria ser: { $wanted }
messages-more = depois { $of ->
    [0] da última mensagem
    [1] da única mensagem
   *[other] das { $of } mensagens
} que deveriam vir pela conexão { $client } veio mais uma: { $text }
no-such-message = { $messages ->
    [0] não veio nenhuma mensagem pela conexão { $client }
    [1] a única mensagem da conexão { $client } é outra
   *[other] nenhuma das { $messages } mensagens da conexão { $client } tem estes valores
}; esperado: { $wanted }
forbidden-message = a mensagem { $number } da conexão { $client } não deveria ser enviada: { $text }
nothing-captured = nenhuma mensagem da conexão { $client } tinha o valor que o cenário usa depois como { $name }
field-other = mensagem { $number } da conexão { $client }: { $name } é { $value } em vez de { $wanted }
field-other-at = mensagem { $number } da conexão { $client }: { $name } (no byte { $position }) é { $value } em vez de { $wanted }
field-swapped = mensagem { $number } da conexão { $client }: { $name } é { $value } em vez de { $wanted }, com os bytes na ordem inversa
field-signed = mensagem { $number } da conexão { $client }: { $name } é { $value } em vez de { $wanted }: os mesmos bits, lidos com ou sem sinal
length-with-header = mensagem { $number } da conexão { $client }: { $name } é { $value } em vez de { $wanted }: conta também os bytes antes dos dados
length-in-characters = mensagem { $number } da conexão { $client }: { $name } é { $value }, o número de caracteres, em vez de { $wanted }, o número de bytes
length-other = mensagem { $number } da conexão { $client }: { $name } é { $value } em vez de { $wanted }, o número de bytes que ele conta
checksum-other = mensagem { $number } da conexão { $client }: a soma de verificação { $name } é { $value } em vez de { $wanted }
checksum-not-inverted = mensagem { $number } da conexão { $client }: a soma de verificação { $name } é { $value }, a própria soma, em vez do complemento { $wanted }
member-missing = a mensagem { $number } da conexão { $client } não tem { $name } (esperado: { $wanted }); ela tem: { $text }
member-type = mensagem { $number } da conexão { $client }: { $name } é { $value } em vez de { $wanted }: um valor de outro tipo JSON

hint-field-layout = escreva cada campo exatamente com o tamanho e na posição que o formato define, sem preenchimento entre os campos, e a mensagem inteira com um só send
    .python = monte a mensagem com struct.pack e um formato que comece com "!" (ordem de rede, sem preenchimento), seguida dos dados
    .c = copie cada campo para um buffer de bytes com memcpy: o compilador pode pôr preenchimento entre os membros de uma struct
    .java = escreva os campos em ordem em um ByteBuffer (put, putShort, putInt) e envie exatamente os bytes dele
hint-field-content = compare o valor com a descrição do protocolo: ele muda a cada mensagem e responde à mensagem certa?
hint-byte-order = os números nas mensagens têm uma ordem de bytes fixa: converta ao escrever e ao ler (htons, htonl, ntohs, ntohl para a ordem de rede)
    .python = comece o formato de struct.pack e struct.unpack com "!" para a ordem de rede; sem isso, a ordem é a da máquina
    .java = ByteBuffer e DataOutputStream escrevem primeiro o byte mais significativo: chame order(ByteOrder.LITTLE_ENDIAN) só se o formato pedir
    .go = use binary.BigEndian.PutUint16 para a ordem de rede, e binary.LittleEndian só se o formato pedir
    .node = use writeUInt16BE e readUInt16BE para a ordem de rede, e as variantes com LE só se o formato pedir
hint-unsigned = leia e escreva o número com ou sem sinal, como o formato define: um byte de 128 ou mais não é um número negativo
    .java = um byte tem sinal: use b & 0xFF e Short.toUnsignedInt
    .python = use "B", "H" e "I" nos formatos de struct para números sem sinal, e "b", "h" e "i" para números com sinal
    .c = use uint8_t, uint16_t e uint32_t para campos sem sinal: char pode ter sinal
hint-length-of-data = o comprimento é o número de bytes que ele conta no formato: nem mais, nem menos, e sem o cabeçalho, a não ser que o formato diga
hint-length-in-bytes = codifique o texto primeiro e conte os bytes do resultado: uma letra pode ocupar vários bytes
    .python = use len(text.encode()), e não len(text)
    .java = use text.getBytes(StandardCharsets.UTF_8).length, e não text.length()
    .node = use Buffer.byteLength(text), e não text.length
hint-checksum-over-all = calcule a soma de verificação sobre a mensagem inteira, cabeçalho e dados, com o próprio campo em zero, quando todos os outros campos já têm seus valores
hint-checksum-invert = no fim, some os vai-uns aos 16 bits de baixo e inverta todos os bits (RFC 1071): ~sum & 0xFFFF
hint-json-line = envie cada mensagem como um objeto JSON em uma linha, com "\n" no fim e nenhuma outra quebra de linha dentro
    .python = envie json.dumps(mensagem) + "\n": str(mensagem) não é JSON
    .java = monte o objeto com uma biblioteca JSON ou com nomes e textos entre aspas: toString() de um mapa não é JSON
hint-json-members = escreva o membro exatamente com este nome: maiúsculas e minúsculas contam
hint-json-types = escreva números sem aspas, textos com aspas, e true, false e null sem aspas
hint-line-form = escreva a linha exatamente como o protocolo descreve: palavras, espaços, maiúsculas e minúsculas, e nada mais
hint-send-once = envie uma mensagem de novo só se a resposta não veio a tempo; depois da resposta, passe para a próxima
hint-send-in-order = envie todas as mensagens do diálogo, uma depois da outra, e espere cada resposta que o protocolo prevê

# Transferência confiável por datagramas.
transfer-right = { $count ->
    [1] 1 pacote com dados foi transferido
   *[other] { $count } pacotes com dados foram transferidos
}: { $again } enviados de novo, no máximo { $unacknowledged } sem confirmação
window-exceeded = com o seq { $seq } (pacote { $packet }), havia { $count } pacotes sem confirmação; são permitidos no máximo { $window }
sent-again-after-ack = o seq { $seq } foi enviado de novo (pacote { $packet }) depois que o ACK dele tinha chegado
lost-not-sent-again = o seq { $seq } (pacote { $packet }) se perdeu no enlace e nunca foi enviado de novo
ack-lost-not-sent-again = o ACK do seq { $seq } se perdeu no enlace, e o seq { $seq } nunca foi enviado de novo
acknowledged-unreceived = o receptor confirmou o seq { $seq } (pacote { $packet }), mas o seq { $missing } não tinha chegado
acknowledged-early-packet = o receptor confirmou o seq { $seq } (pacote { $packet }), mas o seq { $missing } só tinha chegado antes da vez: no Go-Back-N um pacote assim é descartado
never-acknowledged = o seq { $seq } chegou (pacote { $packet }), e o receptor nunca o confirmou
not-acknowledged-again = o seq { $seq } chegou de novo (pacote { $packet }), porque o ACK dele se perdeu, e o receptor não o confirmou de novo
transfer-overhead = foram enviados { $packets } pacotes com dados para { $count } diferentes
transfer-without-data = não foi enviado nenhum pacote com dados no formato “{ $name }”
hint-send-window = conte os pacotes enviados e não confirmados, e espere um ACK antes de exceder a janela
hint-read-acks = pare o temporizador quando o ACK chegar, e siga com o próximo pacote
hint-send-again = inicie um temporizador com cada pacote, e envie o pacote de novo quando ele expirar sem um ACK
hint-acknowledge-received = confirme só pacotes que chegaram sem danos, e nada depois de uma lacuna
hint-discard-early = descarte um pacote que não é o próximo, e confirme de novo o último em ordem
hint-acknowledge-each = envie um ACK para cada pacote que chegar
hint-acknowledge-again = confirme de novo um pacote que chegar de novo: o ACK dele pode ter se perdido. Para isso, mantenha o socket aberto por um tempo depois do último pacote
