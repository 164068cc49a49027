# Causas reveladas pelo conteúdo, pelo momento e pela ordem das respostas.

# O conteúdo.
cut-at-nul = uma resposta ao cliente { $client } termina antes do primeiro byte NUL da mensagem: o servidor toma um byte NUL pelo fim dos dados, como fazem strlen e as strings de C
every-answer-cut = { $got ->
    [one] toda resposta tem só um byte, embora o cliente { $client } devesse receber { $of }
   *[other] toda resposta termina depois de { $got } bytes, embora o cliente { $client } devesse receber { $of }: o servidor lê ou envia uma quantidade fixa de bytes, como o tamanho de um ponteiro (sizeof) ou de um buffer pequeno
}
cut-at-earlier-length = uma resposta ao cliente { $client } termina depois de { $got } de { $of } bytes, o comprimento de uma mensagem anterior, mais curta
printed-form = o cliente { $client } recebeu a forma impressa de um objeto (“{ $got }”) em vez dos bytes dele
object-stream = o cliente { $client } recebeu “{ $got }”: AC ED 00 05 é o cabeçalho de um ObjectOutputStream de Java, e o laboratório usa bytes puros
two-bytes-per-letter = o cliente { $client } recebeu vários bytes por letra (“{ $got }”): o texto foi enviado em UTF-16 ou UTF-32, com bytes NUL entre as letras
one-byte-per-accent = letras acentuadas voltaram ao cliente { $client } com um só byte cada (“{ $got }”): o texto foi enviado em Latin-1, e não em UTF-8
length-before-answer = a resposta ao cliente { $client } começa com o próprio comprimento (“{ $prefix }”), que não faz parte dos dados
case-swapped = o cliente { $client } recebeu as minúsculas em maiúsculas e as maiúsculas em minúsculas (“{ $got }”)
case-changed = o cliente { $client } recebeu as letras certas, mas as maiúsculas e minúsculas não estão como pedido (“{ $got }”)
cut-at-blank = toda resposta ao cliente { $client } termina no primeiro espaço da mensagem (“{ $got }”): o servidor lê uma palavra, e não tudo o que chegou
blanks-missing = faltam os espaços da mensagem no que o cliente { $client } recebeu (“{ $got }”): o servidor lê palavra por palavra
only-ascii = o cliente { $client } recebeu um ponto de interrogação no lugar de cada letra acentuada (“{ $got }”): o servidor converte os dados com uma codificação ASCII
rest-of-buffer = o cliente { $client } recebeu { $bytes } bytes que estavam depois da mensagem dele no buffer do servidor, e não a mensagem
encoded-twice = bytes acima de 127 voltaram ao cliente { $client } com dois bytes cada (“{ $got }”): os dados foram lidos como Latin-1 e enviados em UTF-8
bytes-dropped = faltam os bytes acima de 127 no que o cliente { $client } recebeu (“{ $got }”): o servidor trata os dados como texto e descarta o que não consegue decodificar
address-sent = o cliente { $client } recebeu a quantidade certa de bytes, mas eles são um endereço de memória e o que está ao lado dele (“{ $got }”): o programa envia o ponteiro, e não os dados para os quais ele aponta
earlier-text-after = { $bytes ->
    [1] depois da resposta ao cliente { $client } vem 1 byte de uma mensagem anterior, mais longa: “{ $extra }”
   *[other] depois da resposta ao cliente { $client } vêm { $bytes } bytes de uma mensagem anterior, mais longa: “{ $extra }”
}
earlier-text-before = a resposta ao cliente { $client } começa com o que foi recebido antes (“{ $extra }”): os dados das mensagens anteriores nunca são removidos

hint-received-count = envie exatamente a quantidade de bytes que recv, recvfrom ou read retornou: os dados recebidos não têm NUL no fim, então não use strlen nem %s
    .c = envie exatamente a quantidade de bytes que recv ou recvfrom retornou, passe esse n a send ou sendto: os dados recebidos não têm NUL no fim, então não use strlen nem %s
    .csharp = envie exatamente os n bytes que Read retornou, como em GetString(buffer, 0, n): o resto do buffer tem dados anteriores, e um byte NUL não termina o texto
    .go = envie exatamente os n bytes que Read ou ReadFrom retornou, buffer[:n]: o resto do buffer tem dados anteriores, e um byte NUL não termina o texto
    .java = envie exatamente os n bytes que read retornou (de um datagrama, packet.getLength()): o resto do buffer tem dados anteriores, e um byte NUL não termina o texto
    .python = envie exatamente os bytes que recv retornou (depois de n = conn.recv_into(buffer), buffer[:n]), sem terminá-los em um byte NUL
hint-compared-count = em C, n = recv(…) > 0 guarda o resultado da comparação, que é 1: escreva while ((n = recv(…)) > 0) e passe n a send
hint-one-word = operator>>, scanf("%s") e Scanner.next() param em um espaço: use os bytes como recv os retornou, ou leia linhas inteiras (getline, nextLine)
    .c = scanf("%s"), sscanf e strtok param em um espaço: use os n bytes como recv os retornou
    .cpp = operator>> para em um espaço: use os bytes como recv os retornou, ou leia linhas inteiras com std::getline
    .go = fmt.Fscan, bufio.ScanWords e strings.Fields param em um espaço: use buffer[:n] como Read o retornou
    .java = Scanner.next() e split(" ") param em um espaço: use os bytes como read os retornou, ou leia linhas inteiras com nextLine() ou readLine()
    .python = split() separa o texto nos espaços: use os bytes como recv os retornou
hint-one-encoding = use UTF-8 nos dois sentidos (StandardCharsets.UTF_8, Encoding.UTF8, decode("utf-8") e encode("utf-8")), e nunca ASCII, Latin-1 ou o padrão do sistema
    .csharp = use UTF-8 nos dois sentidos, Encoding.UTF8.GetString(buffer, 0, n) e Encoding.UTF8.GetBytes(texto), nunca Encoding.ASCII, Encoding.Latin1 nem Encoding.Default
    .go = converta o texto inteiro, string(buffer[:n]) e []byte(texto): string(buffer[i]) codifica de novo um só byte, e byte(r) descarta bits de uma runa
    .java = use UTF-8 nos dois sentidos: new String(buffer, 0, n, StandardCharsets.UTF_8) e texto.getBytes(StandardCharsets.UTF_8); passe-o também a InputStreamReader e OutputStreamWriter
    .node = use 'utf8' nos dois sentidos, dados.toString('utf8') e socket.write(texto, 'utf8'), nunca 'ascii', 'latin1' nem 'binary'
    .perl = use os dois do módulo Encode ou nenhum: decode('UTF-8', $dados) no que chegou e encode('UTF-8', $texto) na resposta, sem camada :utf8
    .php = use UTF-8 nos dois sentidos: mb_strtoupper($texto, 'UTF-8') para maiúsculas, e nada de utf8_encode, utf8_decode, iconv ou mb_convert_encoding
    .python = use UTF-8 nos dois sentidos, dados.decode("utf-8") e texto.encode("utf-8"), nunca "ascii" nem "latin-1", e sem errors="ignore" nem "replace"
    .ruby = use UTF-8 nos dois sentidos: dados.force_encoding('UTF-8') no que recv ou readpartial retornou, e nenhum encode para ASCII ou ISO-8859-1
hint-pointer-size = passe a recv e send a quantidade de bytes: em C, sizeof de um ponteiro (char *texto) é 8, e não o tamanho do buffer; em outras linguagens, confira o número passado a recv ou read; repita até recv retornar vazio
    .c = passe a recv e send a quantidade de bytes: sizeof de um ponteiro (char *texto) é 8, e não o tamanho do buffer; passe 1024 a recv e n a send, e repita até recv retornar 0
    .go = confira o tamanho do buffer (make([]byte, 1024)) e a slice passada a Write, e repita Read e Write até Read retornar io.EOF
    .java = confira o tamanho do buffer (new byte[1024]) e o comprimento passado a write, e repita read e write até read retornar -1
    .python = confira o número passado a recv, conn.recv(1024), e as fatias do que é enviado, e repita recv e sendall até recv retornar b''
upper-only-beginning = só os primeiros { $bytes } bytes de cada resposta estão em maiúsculas, como em “{ $got }” para o cliente { $client }
hint-converted-count = converta tantos bytes quantos recv retornou: em C, sizeof de um ponteiro (um parâmetro char *texto, mesmo escrito char texto[]) é 8, e não o comprimento dos dados; passe também o comprimento à função
    .c = converta tantos bytes quantos recv retornou: sizeof de um ponteiro (também de um parâmetro char texto[]) é 8, e não o comprimento dos dados; passe também n à função
hint-pointer-sent = passe a send o próprio buffer: se texto é um ponteiro (char *texto, malloc), escreva send(c, texto, n, 0), e não send(c, &texto, n, 0)
hint-pointer-size-datagram = passe a recvfrom o tamanho de um buffer em que caiba um datagrama inteiro: em C, sizeof de um ponteiro (char *texto) é 8, e não o tamanho do buffer
hint-earlier-length = defina de novo o tamanho do buffer antes de cada recepção: um DatagramPacket de Java não recebe mais do que o último setData ou setLength permite (crie um pacote novo a cada vez), e uma variável de comprimento em C também
    .c = passe a cada recv ou recvfrom o tamanho do buffer inteiro (sizeof buffer), e não uma variável que ainda guarda o comprimento da última mensagem
    .go = mantenha o buffer inteiro para a próxima leitura e use buffer[:n] só na resposta: buffer = buffer[:n] o encurta para tudo o que vem depois
    .java = crie um DatagramPacket novo antes de cada receive, ou chame pacote.setData(buffer), que torna o buffer inteiro disponível de novo: depois de setData(resposta) ou setLength(n), ele não recebe mais do que isso
hint-printed-form = envie os próprios bytes: em Python, str() de bytes dá b'…' (use decode()); em Java, toString() de um array dá [B@… (use new String(bytes, 0, n, UTF_8)); em JavaScript use buffer.toString(), em Go string(b[:n]); JSON.stringify e inspect acrescentam aspas
    .csharp = envie os próprios bytes: ToString() de um array dá System.Byte[]; faça deles um texto com Encoding.UTF8.GetString(buffer, 0, n)
    .go = envie os próprios bytes, conn.Write(buffer[:n]), ou o texto string(buffer[:n]): fmt.Fprint(conn, buffer) e %v imprimem uma slice como lista de números, e %q acrescenta aspas
    .java = envie os próprios bytes: toString() de um array dá [B@…, e Arrays.toString dá [79, 108, …]; faça deles um texto com new String(buffer, 0, n, StandardCharsets.UTF_8)
    .node = envie os próprios dados ou dados.toString(): JSON.stringify e util.inspect acrescentam aspas ou imprimem um Buffer como lista de números
    .perl = envie o próprio texto: uma referência é impressa como ARRAY(0x…), então escreva @$dados ou $$dados para obter o que ela indica
    .php = envie o próprio texto, sem json_encode, var_export nem print_r, que acrescentam aspas ou imprimem um array
    .python = envie os próprios bytes: str(dados), f"{"{"}dados{"}"}" e repr(dados) dão b'…'; faça deles um texto com dados.decode() e de novo bytes com texto.encode()
    .ruby = envie o próprio texto, sem inspect nem to_json, que acrescentam aspas; recvfrom e recvfrom_nonblock retornam um array, e os dados são o primeiro elemento
hint-object-stream = use os fluxos do socket (getInputStream, getOutputStream) sem ObjectInputStream nem ObjectOutputStream: o outro lado não precisa ser escrito em Java
hint-utf16 = envie os bytes do texto em UTF-8: getBytes(UTF_8) e write em Java (writeChars envia dois bytes por letra), encode("utf-8") em Python, Encoding.UTF8 em C#
    .csharp = use Encoding.UTF8 em GetString e GetBytes: Encoding.Unicode e Encoding.BigEndianUnicode usam dois bytes por letra
    .java = envie texto.getBytes(StandardCharsets.UTF_8) com write e decodifique também com UTF_8: writeChars e UTF_16 usam dois bytes por letra
    .node = use 'utf8' (o padrão) em toString, setEncoding e write, e não 'utf16le' nem 'ucs2', que usam dois bytes por letra
    .python = use dados.decode("utf-8") e texto.encode("utf-8"), e não "utf-16", que usa dois bytes por letra
hint-latin1 = codifique e decodifique sempre com UTF-8: getBytes(UTF_8) em Java (writeBytes guarda um só byte de cada letra), encode("utf-8") em Python, Encoding.UTF8 em C#, sem "latin1" nem "binary" em JavaScript
    .csharp = use Encoding.UTF8.GetBytes(texto) e Encoding.UTF8.GetString: Encoding.Latin1 e uma conversão como (byte)letra guardam um só byte de cada letra
    .go = envie []byte(texto), que é UTF-8: byte(r) para cada runa de um texto guarda um só byte de cada letra
    .java = envie texto.getBytes(StandardCharsets.UTF_8) com write e decodifique também com UTF_8: DataOutputStream.writeBytes guarda um só byte de cada letra
    .node = retire 'latin1' e 'binary' de toString, setEncoding, Buffer.from e write: sem nome, dados.toString() e socket.write(texto) usam UTF-8
    .php = retire utf8_decode, e iconv ou mb_convert_encoding para ISO-8859-1: um texto em PHP já contém os bytes de UTF-8
    .python = use "utf-8" em cada encode(…) e decode(…): "latin-1", "iso-8859-1" e "cp1252" fazem um só byte de cada letra
hint-no-length = envie só os dados, sem comprimento na frente: writeUTF, struct.pack e cabeçalhos próprios acrescentam um, e os clientes do laboratório não o enviam nem esperam
    .java = envie só os dados, sem comprimento na frente: in.read(buffer) e out.write(buffer, 0, n) no lugar de readUTF e writeUTF, que esperam e acrescentam um
    .python = envie só os dados, sem comprimento na frente: sem struct.pack nem cabeçalho próprio, que os clientes do laboratório não enviam nem esperam
hint-empty-variable = use uma variável nova para cada mensagem de cada conexão, ou esvazie-a depois de cada resposta

# O momento das respostas.
answers-only-after-end = o cliente { $client } só recebeu a resposta depois de encerrar o seu lado: o servidor lê até o fim do fluxo (ou de uma linha) antes de responder, e um cliente que espera a resposta não o encerra
waits-for-short-read = a resposta a uma mensagem de { $bytes } bytes só veio quando o cliente { $client } enviou mais ou encerrou, e mensagens mais curtas foram respondidas na hora: o servidor espera um recv menor que o buffer, e esse comprimento é múltiplo do buffer
waits-for-fixed-amount = o servidor só respondeu ao cliente { $client } em blocos inteiros: mensagens mais curtas esperam até que um bloco ({ $bytes } bytes ou uma parte disso) fique cheio
answer-after-more = o cliente { $client } só recebeu a resposta a uma mensagem ({ $bytes } bytes: “{ $sent }”) depois de enviar mais ou de encerrar o seu lado; as mensagens anteriores foram respondidas na hora
one-message-late = cada resposta ao cliente { $client } só veio com a mensagem seguinte: “{ $got }” ficou sem resposta até que ele enviasse mais
kept-in-buffer = o cliente { $client } não recebeu nada até enviar mais: “{ $sent }” sozinho ficou sem resposta{ $bytes ->
    [0] {""}
   *[other] , e os últimos { $bytes } bytes das respostas nunca chegaram
}
one-message-unanswered = o cliente { $client } não recebeu resposta a uma mensagem ({ $bytes } bytes: “{ $sent }”); as anteriores e as seguintes foram respondidas

hint-reads-to-end = responda ao que já chegou: recv(1024), read(buffer) ou o evento 'data' retornam assim que há alguns bytes; read() sem número, rfile.read(n) em Python, readAllBytes, io.ReadAll, fread, recv com MSG_WAITALL e o evento 'end' esperam o fim do fluxo; um escritor com buffer (makefile, PrintWriter, bufio) guarda a resposta até flush ou close
    .c = responda ao que já chegou: recv e read retornam assim que há alguns bytes; fread, fgets e recv com MSG_WAITALL esperam mais; chame fflush em um fluxo de fdopen depois de cada resposta
    .csharp = responda ao que já chegou: stream.Read(buffer, 0, buffer.Length) retorna assim que há alguns bytes; ReadToEnd, ReadExactly e ReadLine esperam mais; ative AutoFlush em um StreamWriter
    .go = responda ao que já chegou: conn.Read(buffer) retorna assim que há alguns bytes; io.ReadAll, io.ReadFull e ReadString esperam mais; chame Flush() em um bufio.Writer
    .java = responda ao que já chegou: in.read(buffer) retorna assim que há alguns bytes; readAllBytes, readNBytes e readLine esperam mais; chame flush() em um escritor com buffer
    .lua = responda ao que já chegou: receive("*a") espera o fim do fluxo, receive(), uma linha, e receive(n), n bytes; depois de settimeout(0) e socket.select, use o terceiro resultado (partial)
    .node = responda no tratador de 'data', com socket.write: o evento 'end' só vem quando o cliente encerra o lado dele
    .perl = responda ao que já chegou: sysread($cliente, $dados, 1024) e recv retornam assim que há alguns bytes; read espera todos, e <$cliente>, o fim de uma linha
    .php = responda ao que já chegou: socket_read($cliente, 1024) ou fread($cliente, 1024) retorna assim que há alguns bytes; stream_get_contents, fgets e PHP_NORMAL_READ esperam mais
    .python = responda ao que já chegou: recv(1024) retorna assim que há alguns bytes; read() sem número, rfile.read(n), readline() e MSG_WAITALL esperam mais; chame flush() no arquivo de makefile
    .ruby = responda ao que já chegou: cliente.readpartial(1024) e recv(1024) retornam assim que há alguns bytes; read espera o fim do fluxo, e gets, o fim de uma linha
hint-answer-each-piece = envie de volta cada pedaço assim que ele chega: um recv que retorna menos bytes não é o fim da mensagem, e um buffer cheio não quer dizer que vem mais (não espere o buffer encher com readFully, readexactly ou MSG_WAITALL)
    .rust = envie de volta cada pedaço quando ele chega: n < buffer.len() não é o fim de uma mensagem, e um buffer cheio não quer dizer que vem mais (read em vez de read_exact)
    .c = envie de volta cada pedaço assim que ele chega: n < sizeof buffer não é o fim da mensagem, e um buffer cheio não quer dizer que vem mais (sem MSG_WAITALL nem fread)
    .csharp = envie de volta cada pedaço assim que ele chega: n < buffer.Length não é o fim da mensagem, e um buffer cheio não quer dizer que vem mais (sem ReadExactly nem ReadBlock)
    .go = envie de volta cada pedaço assim que ele chega: n < len(buffer) não é o fim da mensagem, e um buffer cheio não quer dizer que vem mais (sem io.ReadFull nem io.ReadAtLeast)
    .java = envie de volta cada pedaço assim que ele chega: n < buffer.length não é o fim da mensagem, e um buffer cheio não quer dizer que vem mais (sem readFully nem readNBytes)
    .node = envie de volta cada pedaço no tratador de 'data' assim que ele chega: um pedaço curto não é o fim da mensagem, então não os junte até um tamanho (socket.read(n))
    .python = envie de volta cada pedaço assim que ele chega: len(dados) < 1024 não é o fim da mensagem, e um buffer cheio não quer dizer que vem mais (sem readexactly, read(n) nem MSG_WAITALL)
hint-one-message-late = responda na mesma volta do laço: primeiro recv, depois envie o que esse recv retornou, e não o que um anterior retornou
hint-flush = chame flush depois de cada resposta: um escritor com buffer (BufferedOutputStream, PrintWriter, makefile, fdopen, bufio) só envia quando o buffer enche; sem um escritor assim, envie de volta cada pedaço assim que recv o retorna
    .c = chame fflush depois de cada resposta: um fluxo de fdopen só envia quando o buffer enche; sem ele, envie de volta cada pedaço assim que recv o retorna
    .csharp = chame Flush() depois de cada resposta ou ative writer.AutoFlush = true: um StreamWriter ou BufferedStream só envia quando o buffer enche
    .go = chame Flush() depois de cada resposta: um bufio.Writer só envia quando o buffer enche; conn.Write não tem buffer: escreva cada pedaço assim que Read o retorna
    .java = chame flush() depois de cada resposta: BufferedWriter, BufferedOutputStream e PrintWriter só enviam quando o buffer enche; PrintWriter(…, true) só faz flush em println, não em print nem write
    .node = chame socket.write no tratador de 'data' para cada pedaço assim que ele chega: não junte os pedaços para depois e não use cork()
    .perl = chame $cliente->flush depois de cada resposta, ou $cliente->autoflush(1) uma vez: print só envia quando o buffer enche; syswrite e send não têm buffer
    .python = chame flush() depois de cada resposta: um arquivo de makefile() só envia quando o buffer enche; com conn.sendall não há buffer: envie cada pedaço assim que recv o retorna
hint-one-message-unanswered = veja o que distingue essa mensagem: o comprimento, ou bytes que não são texto (0, valores acima de 127)

# Datagramas.
first-datagram-unanswered = { $answered ->
    [1] o primeiro datagrama (do cliente { $client }) ficou sem resposta, e o seguinte foi respondido
   *[other] o primeiro datagrama (do cliente { $client }) ficou sem resposta, e os { $answered } seguintes foram respondidos
}
only-first-datagram = { $missing ->
    [1] só o primeiro datagrama foi respondido; o seguinte (do cliente { $client }) não
   *[other] só o primeiro datagrama foi respondido; os { $missing } seguintes (o próximo é do cliente { $client }) não
}
every-second-datagram = só um de cada dois datagramas foi respondido ({ $answered } respondidos, { $missing } não; o primeiro destes é do cliente { $client })
unchanged-unanswered = o cliente { $client } não recebeu resposta a “{ $sent }”, um texto que as maiúsculas não mudam; todos os textos que elas mudam foram respondidos
only-last-datagram = de datagramas que o cliente { $client } enviou logo um após o outro, só o último foi respondido: “{ $sent }” não foi
one-answered-for-another = o cliente { $client } recebeu duas vezes a resposta “{ $got }” e nenhuma para “{ $sent }”, enviado logo antes ou depois
answer-sent-elsewhere = o servidor enviou a resposta do cliente { $client } (“{ $got }”) para { $to }, que não é o endereço do cliente

hint-no-answer-datagram = depois do recvfrom, envie a resposta com sendto pelo mesmo socket, para o endereço que recvfrom retornou
    .c = depois de recvfrom, envie a resposta pelo mesmo socket para o endereço que ele guardou: sendto(s, buffer, n, 0, (struct sockaddr *)&cliente, len)
    .csharp = depois de Receive(ref remoto), envie a resposta pelo mesmo UdpClient: Send(resposta, resposta.Length, remoto)
    .go = depois de n, addr, err := conn.ReadFrom(buffer), envie a resposta pela mesma conn: conn.WriteTo(resposta, addr)
    .java = depois de receive, envie um DatagramPacket com a resposta pelo mesmo socket, para packet.getAddress() e packet.getPort()
    .node = no tratador de 'message', envie a resposta pelo mesmo socket: servidor.send(resposta, rinfo.port, rinfo.address)
    .python = depois de dados, addr = s.recvfrom(65535), envie a resposta pelo mesmo socket: s.sendto(resposta, addr)
hint-printed-not-sent-datagram = imprimir só mostra os dados na tela do servidor: envie-os também de volta com sendto, para o endereço que recvfrom retornou
    .c = printf só mostra os dados na tela do servidor: envie também a resposta com sendto(s, buffer, n, 0, …) para o endereço que recvfrom guardou
    .csharp = Console.WriteLine só mostra os dados na tela do servidor: chame também Send ou SendTo com o endpoint que Receive ou ReceiveFrom preencheu
    .go = fmt.Println só mostra os dados na tela do servidor: envie também a resposta com conn.WriteTo(resposta, addr), para o addr que ReadFrom retornou
    .java = System.out só mostra os dados na tela do servidor: envie também a resposta em um DatagramPacket para packet.getAddress() e packet.getPort() do recebido
    .node = console.log só mostra os dados na tela do servidor: chame também servidor.send(resposta, rinfo.port, rinfo.address) no tratador de 'message'
    .python = print só mostra os dados na tela do servidor: envie também a resposta, s.sendto(resposta, addr), com o addr que recvfrom retornou
hint-whole-datagram = receba em um buffer em que caiba um datagrama inteiro (65535 bytes): recvfrom descarta o que não cabe
    .c = receba em um buffer em que caiba um datagrama inteiro, char buffer[65535], e passe o tamanho dele: recvfrom descarta o que não cabe
    .csharp = receba em um buffer em que caiba um datagrama inteiro, new byte[65535]: ReceiveFrom não guarda o que não cabe
    .go = receba em um buffer em que caiba um datagrama inteiro, make([]byte, 65535): ReadFrom descarta o que não cabe
    .java = receba em um buffer em que caiba um datagrama inteiro, new byte[65535]: receive descarta o que não cabe no pacote
    .php = receba o datagrama inteiro: socket_recvfrom($socket, $dados, 65535, 0, $host, $porta); ele descarta o que não cabe no número passado
    .python = receba o datagrama inteiro: s.recvfrom(65535); recvfrom descarta o que não cabe no número passado
    .ruby = receba o datagrama inteiro: recvfrom(65535); recvfrom descarta o que não cabe no número passado
hint-address-length = em C, ponha na variável de comprimento o sizeof do endereço antes de cada recvfrom: com 0, o endereço de quem enviou não é guardado, e sendto falha com EINVAL; confira o resultado de sendto; em outras linguagens, veja o que a primeira volta do laço faz de diferente
    .c = escreva len = sizeof cliente antes de cada recvfrom: com 0, o endereço de quem enviou não é guardado, e sendto falha com EINVAL; confira o que sendto retorna (perror)
    .go = veja o que a primeira volta do laço faz de diferente: toda volta deve chamar ReadFrom e depois WriteTo com o addr que ele retornou
    .java = veja o que a primeira volta do laço faz de diferente: toda volta deve chamar receive e depois send para o endereço e a porta daquele pacote
    .node = veja o que o primeiro evento 'message' faz de diferente: cada um deve chamar servidor.send com os seus rinfo.port e rinfo.address
    .python = veja o que a primeira volta do laço faz de diferente: toda volta deve chamar recvfrom e depois sendto com o addr que ele retornou
hint-datagram-loop = chame recvfrom e sendto em um laço sem fim, usando a cada vez o endereço que esse recvfrom retornou
    .c = chame recvfrom e sendto em um laço sem fim, for (;;), faça len = sizeof cliente antes de cada recvfrom e use o endereço que ele guardou
    .csharp = chame Receive e Send em um laço sem fim, while (true), usando o endpoint que esse Receive(ref remoto) preencheu
    .go = chame ReadFrom e WriteTo em um laço sem fim, usando a cada vez o addr que esse ReadFrom retornou
    .java = chame receive e send em um laço sem fim, while (true), usando o endereço e a porta do pacote que esse receive preencheu
    .node = registre servidor.on('message', …), e não once, responda a cada mensagem no rinfo dela e não feche o socket depois da primeira
    .python = chame recvfrom e sendto em um laço sem fim, while True: dados, addr = s.recvfrom(65535), depois s.sendto(resposta, addr) com esse addr
hint-every-second = chame recvfrom só uma vez por volta do laço: os dados de uma segunda chamada se perdem se só uma das duas for respondida
hint-unchanged = envie o texto também quando as maiúsculas não mudam nada: em Ruby, upcase! retorna nil nesse caso (use upcase), e uma comparação dos dois textos os acha iguais
    .c = envie o texto também quando as maiúsculas não mudam nada: não faça send depender de strcmp nem de uma contagem de letras alteradas
    .go = envie o texto também quando as maiúsculas não mudam nada: uma comparação como if resposta != texto o deixa de fora
    .java = envie o texto também quando as maiúsculas não mudam nada: uma comparação como if (!resposta.equals(texto)) o deixa de fora
    .node = envie o texto também quando as maiúsculas não mudam nada: uma comparação como if (resposta !== texto) o deixa de fora
    .python = envie o texto também quando as maiúsculas não mudam nada: uma comparação como if resposta != dados o deixa de fora
    .ruby = envie o texto também quando as maiúsculas não mudam nada: upcase! retorna nil nesse caso, então escreva texto.upcase
http-answer = o cliente { $client } recebeu a resposta de um servidor HTTP, embora tenha enviado dados simples
hint-plain-server = use um servidor TCP sem HTTP: net.createServer no Node, um socket ou socketserver em Python, TcpListener em C#, ServerSocket em Java
    .csharp = use um servidor TCP sem HTTP: TcpListener em vez de HttpListener ou WebApplication
    .go = use um servidor TCP sem HTTP: net.Listen("tcp", …) e Accept em vez de http.ListenAndServe
    .java = use um servidor TCP sem HTTP: ServerSocket em vez de HttpServer
    .node = use um servidor TCP sem HTTP: net.createServer((socket) => …) em vez de http.createServer ou express
    .python = use um servidor TCP sem HTTP, o módulo socket ou socketserver.TCPServer, em vez de HTTPServer ou Flask
byte-order-mark-sent = a resposta ao cliente { $client } começa com uma marca de ordem de bytes (EF BB BF), que não deveria estar ali
hint-no-byte-order-mark = escreva sem a marca de ordem de bytes: new UTF8Encoding(false) no lugar de Encoding.UTF8 (C#), "utf-8" e não "utf-8-sig" (Python), ou envie os próprios bytes
    .csharp = escreva sem a marca de ordem de bytes: new StreamWriter(stream, new UTF8Encoding(false)) no lugar de Encoding.UTF8, ou envie os próprios bytes
    .python = escreva sem a marca de ordem de bytes: encode("utf-8") e não encode("utf-8-sig") (nem "utf-16"), ou envie os próprios bytes
characters-removed = faltam na resposta ao cliente { $client } estes caracteres do texto: “{ $removed }”
hint-keep-characters = remova só o fim de linha ou os espaços das pontas do texto (strip, trim, chomp): um padrão como \W ou [^a-z] remove também todo o resto
case-of-all-bytes = o cliente { $client } recebeu “{ $got }”: o programa muda todos os bytes em 32, e não só as letras minúsculas
hint-only-letters = mude um byte só se for letra minúscula, com as duas condições: if (c >= 'a' && c <= 'z'), ou chame toupper
bytes-skipped = depois de { $got } bytes de uma resposta ao cliente { $client } faltam { $bytes } bytes dos dados, e em seguida vem o resto
hint-one-reader = crie o leitor com buffer (BufReader, BufferedReader, Scanner, makefile) uma única vez por conexão, antes do laço: o que ele leu adiante se perde com ele; use tudo o que recv retornou
    .c = use todos os n bytes que recv retornou antes do próximo recv; com fdopen, abra o fluxo uma única vez por conexão, antes do laço: o que ele leu adiante se perde com ele
    .csharp = crie o StreamReader uma única vez por conexão, antes do laço: o que ele leu adiante se perde com ele; use todos os n bytes que Read retornou
    .go = crie o bufio.Reader ou bufio.Scanner uma única vez por conexão, antes do laço: o que ele leu adiante se perde com ele; use todo o buffer[:n]
    .java = crie o BufferedReader ou Scanner uma única vez por conexão, antes do laço: o que ele leu adiante se perde com ele; use todos os n bytes que read retornou
    .python = chame conn.makefile() uma única vez por conexão, antes do laço: o que ele leu adiante se perde com ele; use tudo o que recv retornou
hint-call-close = escreva os parênteses: conn.close()
hint-datagram-received = dê ao método o nome datagram_received(self, data, addr), e responda com self.transport.sendto(data, addr)
hint-no-linger = retire SO_LINGER; para uma porta ainda em uso, basta SO_REUSEADDR
hint-own-copy = dê a cada thread a sua própria cópia: um int de malloc para cada cliente, ou o próprio número ((void *)(intptr_t)fd); em C++, capture por valor ([fd])
    .c = dê a cada thread a sua própria cópia: int *p = malloc(sizeof *p) com *p = c, que a thread libera, ou o próprio número, (void *)(intptr_t)c
    .cpp = dê a cada thread a sua própria cópia: std::thread(f, c), ou uma lambda que captura a conexão por valor, [c] e não [&]
hint-select-count = chame select com o maior descritor mais 1: select(maxfd + 1, ...)
hint-notify = depois de cada entrada que você põe na fila, acorde uma thread que espera: notify_one() ou notify(), pthread_cond_signal, Monitor.Pulse
hint-address-as-key = use o endereço e a porta juntos como chave (em Python addr, não addr[0]), ou responda com o endereço que veio com os dados
hint-close-before-accept = feche a conexão de um cliente antes do próximo accept, em todos os caminhos do laço: também antes de continue, break e return
hint-keep-read = leia uma só vez em cada volta do laço e use o que essa chamada retornou
    .java = leia uma só vez em cada volta e guarde o que leu: while ((linha = in.readLine()) != null)
    .python = leia uma só vez em cada volta e guarde o que leu: while dados := conn.recv(1024), ou dados = conn.recv(1024) e if not dados: break
hint-receive-each-turn = chame recv em cada volta do laço que envia, e saia do laço quando ele não retornar nada (0, b'', -1 ou null): o cliente fechou a conexão
hint-event-of-connection = registre o tratador na conexão, na função que a recebe: net.createServer((socket) => socket.on('data', …))
hint-keep-listener = feche só a conexão de um cliente quando ela termina, e deixe aberto o socket que escuta: procure o close() chamado nele
hint-parent-keeps-listener = depois de fork, o pai fecha a conexão e mantém aberto o socket que escuta, com o qual aceita o próximo cliente; só o filho pode fechar esse
    .c = depois de fork, o pai chama close(c) para a conexão, e não close(s) para o socket que escuta, com o qual aceita o próximo cliente; só o filho pode fechar esse
    .perl = depois de fork, o pai chama close($c) para a conexão, e não close($s) para o socket que escuta, com o qual aceita o próximo cliente; só o filho pode fechar esse
    .php = depois de pcntl_fork, o pai fecha a conexão, e não o socket que escuta, com o qual aceita o próximo cliente; só o filho pode fechar esse
    .python = depois de os.fork, o pai chama conn.close() para a conexão, e não s.close() para o socket que escuta, com o qual aceita o próximo cliente; só o filho pode fechar esse
    .ruby = depois de fork, o pai chama cliente.close para a conexão, e não servidor.close para o socket que escuta, com o qual aceita o próximo cliente; só o filho pode fechar esse
hint-send-received = envie tantos bytes quantos foram recebidos: procure um comprimento de 0 e uma variável vazia depois de uma mensagem longa
hint-test-bits = teste o bit: if (fds[i].revents & POLLIN), if (ev.events & EPOLLIN); events tem um bit para cada evento, e vários podem estar ligados
hint-start-thread = chame start() na thread depois de criá-la: sem isso, ela nunca é executada
    .csharp = chame Start() na thread depois de criá-la: sem isso, ela nunca é executada
hint-serve-forever = depois de start_server: async with servidor: await servidor.serve_forever()
hint-await-call = escreva await antes desta chamada (servidor = await asyncio.start_server(…)); fora de uma função async, passe-a a asyncio.run(…)
hint-plain-function = escreva def em vez de async def nesta função: quem a chama não usa await; use await em outra função, iniciada com asyncio.create_task(…) ou asyncio.run(…)
hint-resize = chame resize(1024) antes de recv e resize(n) com o número que ele retornou; envie size() bytes
hint-no-strip = um eco envia os bytes como vieram: não chame strip(), trim() nem chomp no que é enviado de volta
    .go = devolva também os espaços e quebras de linha como vieram: não chame strings.TrimSpace nem bytes.TrimSpace nos dados
    .java = devolva também os espaços e quebras de linha como vieram: não chame trim() nem strip() nos dados
    .node = devolva também os espaços e quebras de linha como vieram: não chame trim() nos dados
    .python = devolva também os espaços e quebras de linha como vieram: não chame strip() nem rstrip() nos dados
    .ruby = devolva também os espaços e quebras de linha como vieram: não chame strip nem chomp nos dados
hint-more-threads = execute o laço que aceita clientes fora do pool, e dê ao pool mais de uma thread
hint-own-variables = guarde os dados e o endereço de cada datagrama em variáveis próprias (parâmetros da thread ou tarefa), não em variáveis que todas as threads compartilham
    .c = dê a cada thread uma struct própria de malloc, com os dados, o comprimento e o endereço: variáveis que todas as threads compartilham mudam com o próximo recvfrom
    .go = crie o buffer dentro do laço, novo para cada datagrama, e passe-o com addr como argumento, go responder(conn, buffer[:n], addr): o próximo ReadFrom sobrescreve um que todas compartilham
    .java = crie o buffer e o DatagramPacket dentro do laço, novos para cada datagrama, e passe-os à thread: o próximo receive sobrescreve um pacote que todas as threads compartilham
    .node = use msg e rinfo do próprio tratador de 'message', e não variáveis fora dele, que o próximo datagrama altera
    .python = passe os dados e o endereço de cada datagrama à thread dele, Thread(target=f, args=(dados, addr)), e não os leia de variáveis globais, que o próximo recvfrom altera
hint-reply-address = envie a resposta para o endereço que recvfrom retornou (em Java, packet.getAddress() e getPort()), não para uma porta fixa nem para a do próprio servidor
    .c = passe a sendto o endereço que recvfrom guardou no quinto argumento (&cliente), e não uma porta fixa nem o endereço com que o servidor chamou bind
    .csharp = envie a resposta para o endpoint que Receive(ref remoto) ou ReceiveFrom preencheu, e não para uma porta fixa nem a do próprio servidor
    .go = envie a resposta para o addr que ReadFrom retornou, n, addr, err := conn.ReadFrom(buffer), com conn.WriteTo(…, addr), e não para uma porta fixa nem a do próprio servidor
    .java = envie a resposta para packet.getAddress() e packet.getPort() do pacote que receive preencheu, e não para uma porta fixa nem a do próprio servidor
    .node = envie a resposta para o rinfo do evento 'message', servidor.send(resposta, rinfo.port, rinfo.address), e não para uma porta fixa nem a do próprio servidor
    .python = envie a resposta para o endereço que recvfrom retornou: dados, addr = s.recvfrom(1024), depois s.sendto(…, addr), e não para uma porta fixa nem a do próprio servidor

# O que o programa imprimiu enquanto rodava, e como terminou.
thread-failed = um erro não foi tratado, e o cliente ficou sem atendimento: “{ $said }”
error-printed = o servidor imprimiu um erro enquanto atendia: “{ $said }”
server-ended-by-error = o servidor terminou com um erro ({ $status })
server-ended-by-error-said = o servidor terminou com um erro ({ $status }): “{ $said }”
came-to-its-end = o programa chegou ao fim sem erro e sem abrir a porta (código de saída 0)
came-to-its-end-said = o programa chegou ao fim sem erro e sem abrir a porta (código de saída 0); última saída: “{ $said }”

hint-thread-failed = corrija esse erro na linha do seu arquivo que o rastro indica: o que os outros itens apontam é consequência dele
    .go = corrija esse erro na primeira linha do rastro que indica o seu arquivo .go: o que os outros itens apontam é consequência dele
    .java = corrija esse erro na primeira linha do rastro que indica uma classe sua: o que os outros itens apontam é consequência dele
    .node = corrija esse erro na primeira linha do rastro que indica o seu arquivo: o que os outros itens apontam é consequência dele
    .python = corrija esse erro na última linha do rastro (traceback) que indica o seu arquivo: o que os outros itens apontam é consequência dele
hint-error-printed = encontre a chamada a que esse erro se refere e corrija a causa; imprima o rastro inteiro se não souber a linha
    .c = encontre a chamada a que esse erro se refere e corrija a causa; perror("recv"), perror("send") … com o nome de cada chamada mostram qual falhou
    .go = encontre a chamada a que esse erro se refere e corrija a causa; com log.SetFlags(log.Lshortfile), log.Println imprime a linha
    .java = encontre a chamada a que esse erro se refere e corrija a causa; e.printStackTrace() no bloco catch imprime a linha
    .node = encontre a chamada a que esse erro se refere e corrija a causa; console.error(erro.stack) imprime a linha
    .python = encontre a chamada a que esse erro se refere e corrija a causa; traceback.print_exc() no bloco except imprime a linha
hint-keep-running = chame a função que atende (main), mantenha-a em um laço sem fim e faça o programa principal esperar as threads com join: threads daemon terminam junto com ele
    .c = chame em main a função que atende, mantenha-a em um laço sem fim e faça main esperar as threads com pthread_join: o return de main encerra todas
    .go = chame em main a função que atende, mantenha-a em um laço sem fim e faça main esperar as goroutines (wg.Wait()): elas terminam quando main retorna
    .java = chame em main o método que atende, mantenha-o em um laço sem fim e faça main esperar as threads com join(): threads daemon (setDaemon(true)) terminam junto com main
    .node = chame a função que atende, com servidor.listen(PORTA) nela (dgram: bind): o Node termina quando nada está aberto, também depois de servidor.close() ou unref()
    .python = chame a função que atende no fim do arquivo (main()), mantenha-a em um laço, while True, e espere as threads com join(): threads daemon terminam junto com o programa principal

# Dados na fila de recepção.
data-unread = o servidor aceitou o cliente { $client }, mas nunca leu o que ele enviou: { $bytes } bytes continuam não lidos na fila de recepção da conexão
hint-serve-accepted = depois de accept, leia da conexão que ele retornou antes do próximo accept, ou inicie uma thread ou um processo que faça isso (start(), e não run()); ele recebe a conexão por valor e imprime os próprios erros
    .c = depois de accept, chame recv na conexão antes do próximo accept, ou inicie uma thread (pthread_create) ou um processo (fork) que faça isso; passe o descritor por valor: (void *)(intptr_t)c
    .cpp = depois de accept, chame recv na conexão antes do próximo accept, ou inicie uma thread que faça isso e imprima os erros: std::thread(f, c).detach(), com o descritor por valor
    .csharp = depois de aceitar, leia da conexão antes da próxima, ou inicie uma thread que faça isso: new Thread(() => Atender(client)).Start(), ou Task.Run; imprima as exceções dela
    .go = depois de Accept, leia da conexão antes do próximo Accept, ou inicie uma goroutine que faça isso, go handle(conn), e imprima os erros dela
    .java = depois de accept, leia do socket dele antes do próximo accept, ou inicie uma thread que faça isso, com start(), e não run(); passe o socket no construtor e imprima as exceções
    .python = depois de accept, chame recv na conexão antes do próximo accept, ou inicie uma thread que faça isso: Thread(target=f, args=(conn,)).start(), e não run()
    .ruby = depois de accept, leia da conexão antes do próximo accept, ou inicie uma thread que faça isso, com a conexão como argumento: Thread.new(cliente)
hint-watch-all = passe todas as conexões a cada chamada (select: no conjunto, e o primeiro argumento é o maior descritor + 1; poll: no vetor, com events = POLLIN) e leia cada uma que estiver pronta, em um buffer cujo tamanho não seja 0
    .c = passe todas as conexões a cada chamada (FD_SET, e o maior descritor + 1 como primeiro argumento; poll: events = POLLIN) e leia cada uma que estiver pronta, com tamanho acima de 0
    .php = passe todas as conexões a cada socket_select (ou stream_select), em uma cópia nova da sua lista, e leia cada uma que estiver pronta, com tamanho acima de 0
    .python = passe todas as conexões a cada select, select.select([s] + conexoes, [], []), e chame recv(1024) em cada uma que estiver pronta
    .ruby = passe todas as conexões a cada IO.select([servidor] + clientes) e chame readpartial(1024) em cada uma que estiver pronta
hint-event-loop = registre cada conexão para leitura (on 'data', uma corrotina com await read, selector.register, epoll_ctl) e nunca bloqueie o laço de eventos com um laço ou um sleep
    .c = registre cada conexão aceita para leitura, epoll_ctl(ep, EPOLL_CTL_ADD, c, &ev) com ev.events = EPOLLIN, e nunca bloqueie o laço de eventos com outro laço ou um sleep
    .java = registre cada canal aceito para leitura, canal.register(selector, SelectionKey.OP_READ), e nunca bloqueie o laço do selector com outro laço ou um sleep
    .node = registre socket.on('data', …) para cada conexão e nunca bloqueie o laço de eventos com um laço que espera
    .python = registre cada conexão para leitura, await reader.read(1024) ou selector.register(conn, EVENT_READ), e nunca bloqueie o laço de eventos com um laço ou time.sleep (em asyncio, await asyncio.sleep)
hint-close-late = feche a conexão só depois que o cliente dela fechar; com threads, quem fecha é a que atende o cliente, e não a que aceita (sem with, using ou try (…) em volta do início da thread); guarde o socket em uma variável até lá (em PHP, &$clientes para um array que uma função altera)
    .c = chame close(c) só depois que o cliente fechar (recv retorna 0); com threads, quem chama é a função que atende o cliente, e não o laço que aceita
    .csharp = feche a conexão só depois que o cliente dela fechar; com threads ou tarefas, quem fecha é a função que o atende, e não o laço que aceita (sem using em volta do início da thread)
    .go = chame conn.Close() só depois que o cliente fechar, na função que o atende (defer conn.Close() na primeira linha dela), e não depois de go handle(conn) no laço que aceita
    .java = feche o socket só depois que o cliente dele fechar; com threads, quem fecha é a que o atende, e não o laço que aceita (sem try (Socket s = …) em volta de start() ou execute())
    .node = não use socket.end() nem socket.destroy() no tratador da conexão: responda no tratador de 'data' com socket.write e encerre a conexão só depois que o cliente a encerrar ('end')
    .php = feche a conexão só depois que o cliente dela fechar e guarde o socket em uma variável até lá: uma função que o põe em um array precisa de &$clientes como parâmetro
    .python = chame conn.close() só depois que o cliente fechar; com threads, quem chama é a função que atende o cliente, e não o laço que aceita (sem with conn: em volta do início da thread)
    .ruby = chame cliente.close só depois que o cliente fechar; com threads, faça isso no fim do bloco de Thread.new(cliente), e não no laço que aceita
hint-reach-send = veja o que há entre recv e send: uma condição que não se cumpre, ou um erro que encerra a thread sem ser impresso
    .c = veja o que há entre recv e send: uma condição que não se cumpre (strcmp em dados sem NUL no fim), ou um return, break ou close cedo demais
    .go = veja o que há entre Read e Write: uma condição que não se cumpre, ou if err != nil com return, que não imprime o erro
    .java = veja o que há entre read e write: uma condição que não se cumpre (compare textos com equals, e não ==), ou uma exceção que um catch vazio esconde
    .node = veja o que há entre os dados e socket.write: uma condição que não se cumpre (dados === 'x' compara um Buffer com um texto), ou um erro que um catch esconde
    .python = veja o que há entre recv e send: uma condição que não se cumpre (bytes nunca são iguais a um texto: dados == "x"), ou um erro que except: pass esconde
hint-name-handle = dê ao método o nome handle, como socketserver exige: def handle(self)
hint-print-task-error = use execute() (Java) ou uma thread própria, ou trate e imprima os erros dentro da tarefa
hint-error-caught = corrija esse erro na linha mostrada, e imprima o que except captura (traceback.print_exc()) em vez de escondê-lo
    .ruby = corrija esse erro na linha mostrada, e imprima o que rescue captura (warn e.full_message) em vez de escondê-lo
hint-print-error = imprima o erro no bloco except ou catch (traceback.print_exc(), e.printStackTrace(), console.error): ele diz o que falha antes do send
    .csharp = imprima a exceção no bloco catch, Console.Error.WriteLine(e): ela diz o que falha antes do write
    .java = imprima a exceção no bloco catch, e.printStackTrace(): ela diz o que falha antes do write
    .node = imprima o erro no bloco catch, console.error(erro): ele diz o que falha antes do write
    .php = imprima a exceção no bloco catch, fwrite(STDERR, $e): ela diz o que falha antes do write
    .python = imprima o erro no bloco except, traceback.print_exc() em vez de pass: ele diz o que falha antes do send
hint-use-result = use o que a conversão retorna: texto = texto.upper(), e envie essa variável; em C++, for (char &c : texto) altera o próprio texto, e for (char c : texto) só uma cópia
    .c = toupper retorna a letra e não altera nada: escreva buffer[i] = toupper((unsigned char)buffer[i]) para cada byte e envie esse buffer
    .cpp = toupper só retorna a letra: guarde-a com c = toupper(c) em for (char &c : texto), pois for (char c : texto) altera só uma cópia, e envie esse texto
    .csharp = ToUpper() retorna um novo texto e deixa o antigo como estava: escreva texto = texto.ToUpper() e envie os bytes dele
    .go = strings.ToUpper e bytes.ToUpper retornam uma cópia e deixam o argumento como estava: escreva resposta := bytes.ToUpper(buffer[:n]) e envie isso
    .java = toUpperCase() retorna um novo texto e deixa o antigo como estava: escreva texto = texto.toUpperCase() e envie essa variável
    .lua = upper() retorna um novo texto e deixa o antigo como estava: escreva texto = texto:upper() e envie essa variável
    .node = toUpperCase() retorna um novo texto e deixa o antigo como estava: escreva const resposta = dados.toString().toUpperCase() e envie isso
    .perl = uc retorna um novo texto e deixa o antigo como estava: escreva $texto = uc($texto) e envie essa variável
    .php = strtoupper retorna um novo texto e deixa o antigo como estava: escreva $texto = strtoupper($texto) e envie essa variável
    .python = upper() retorna um novo texto e deixa o antigo como estava: escreva dados = dados.upper() e envie essa variável
    .ruby = upcase retorna um novo texto e deixa o antigo como estava: escreva texto = texto.upcase e envie essa variável
hint-empty-is-end = quando recv retornar vazio (0 bytes), saia do laço e feche o socket daquela conexão; em Python ele retorna b'', que nunca é igual a '': escreva if not dados: break
    .c = recv retorna 0 quando o cliente fechou a conexão: saia do laço com n <= 0 e chame close(c)
    .csharp = Read retorna 0, e ReadLine null, quando o cliente fechou a conexão: nesse caso, saia do laço e chame Close() naquela conexão
    .go = Read retorna io.EOF a cada vez depois que o cliente fechou a conexão: saia do laço se err != nil (return, e não continue) e chame conn.Close()
    .java = read retorna -1, e readLine() null, quando o cliente fechou a conexão: nesse caso, saia do laço e feche o socket daquela conexão
    .lua = receive retorna nil e "closed" quando o cliente fechou a conexão: nesse caso, saia do laço e chame cliente:close()
    .perl = quando o cliente fechou a conexão, sysread retorna 0, recv deixa um texto vazio e <$cliente> dá undef: nesse caso, saia do laço e feche $cliente
    .php = quando o cliente fechou a conexão, socket_read retorna '' ou false, e fread, '' com feof() true: nesse caso, saia do laço e feche o socket daquela conexão
    .python = recv retorna b'' quando o cliente fechou a conexão, o que nunca é igual a '' nem None: escreva if not dados: break e chame conn.close() depois do laço
    .ruby = quando o cliente fechou a conexão, recv retorna nil ou "", gets, nil, e readpartial lança EOFError: nesse caso, saia do laço e feche o socket daquela conexão
hint-compare-messages = compare essa mensagem com as anteriores: o tamanho (uma quantidade acima de 127 ou 255 não cabe em char ou byte), bytes NUL, bytes acima de 127, quebras de linha, e o que o laço testa antes de continuar
hint-count-as-int = guarde em um int o que read retorna: em um char ou (byte), o byte 255 vira -1 e é tomado pelo fim do fluxo
hint-first-byte = comece o laço pelo primeiro byte: i = 0
hint-count-in-int = guarde a quantidade que recv retornou em um int ou ssize_t: um char vai só até 127 e fica negativo além disso, como em um erro
    .java = guarde a quantidade que read retornou em um int: um byte vai só até 127 e fica negativo além disso, como no fim do fluxo
hint-buffer-to-text = os dados são um Buffer, que não tem os métodos de um texto: escreva dados.toString().toUpperCase(), ou chame socket.setEncoding('utf8') antes
hint-count-bytes = use o tamanho em bytes, e não o do texto: Buffer.byteLength(texto), len(texto.encode()), texto.getBytes().length; em UTF-8 uma letra acentuada ocupa dois bytes
    .csharp = use o tamanho em bytes, Encoding.UTF8.GetBytes(texto).Length, e não texto.Length: em UTF-8 uma letra acentuada ocupa dois bytes
    .go = use o tamanho em bytes, len(texto), e não utf8.RuneCountInString(texto) nem len([]rune(texto)): em UTF-8 uma letra acentuada ocupa dois bytes
    .java = use o tamanho em bytes, texto.getBytes(StandardCharsets.UTF_8).length, e não texto.length(): em UTF-8 uma letra acentuada ocupa dois bytes
    .node = use o tamanho em bytes, Buffer.byteLength(texto), e não texto.length: em UTF-8 uma letra acentuada ocupa dois bytes
    .php = use o tamanho em bytes, strlen($texto), e não mb_strlen($texto): em UTF-8 uma letra acentuada ocupa dois bytes
    .python = use o tamanho em bytes, len(texto.encode()), e não len(texto): em UTF-8 uma letra acentuada ocupa dois bytes
    .ruby = use o tamanho em bytes, texto.bytesize, e não texto.length: em UTF-8 uma letra acentuada ocupa dois bytes
hint-bind-first = chame bind primeiro e só depois listen
hint-datagram-socket = crie o socket com SOCK_DGRAM (UDP) e use recvfrom e sendto, sem listen nem accept
hint-internet-socket = crie o socket com AF_INET e dê a ele um host e uma porta, a porta como número
    .node = passe a listen primeiro a porta, como número, e depois o host: server.listen(65432, '127.0.0.1'); um texto no primeiro lugar é tomado como o caminho de um arquivo
    .python = crie o socket com AF_INET e faça bind com um par: s.bind((HOST, PORTA))
hint-message-event = registre o tratador com server.on('message', (msg, rinfo) => …) e responda com server.send(resposta, rinfo.port, rinfo.address): 'data' é um evento dos sockets TCP
hint-data-event = registre o tratador com socket.on('data', …): 'message' é um evento dos sockets UDP (dgram)
hint-receive-in-loop = chame recvfrom dentro do laço, para que cada volta espere um datagrama e envie uma resposta
    .csharp = chame Receive dentro do laço, para que cada volta espere um datagrama e envie uma resposta
    .go = chame conn.ReadFrom dentro do laço, para que cada volta espere um datagrama e envie uma resposta
    .java = chame socket.receive(packet) dentro do laço, para que cada volta espere um datagrama e envie uma resposta
    .node = chame servidor.send uma vez no tratador de 'message', sem laço nem setInterval, para que cada datagrama receba uma resposta
    .python = chame s.recvfrom dentro do laço, para que cada volta espere um datagrama e envie uma resposta
hint-close-in-turn = ponha o atendimento de um cliente em uma função própria, com defer conn.Close() nela, ou chame conn.Close() no fim de cada volta do laço
hint-read-data = leia da conexão que accept retornou, em um buffer cujo tamanho não seja 0 (Go: make([]byte, 1024), e não var b []byte); com threads, cada cliente precisa de uma que esteja livre e que receba a conexão por valor (não o endereço de uma variável do laço)
    .c = chame recv com o descritor que accept retornou e um tamanho acima de 0 (sizeof buffer); com threads, cada cliente precisa de uma livre e do seu descritor por valor, não por endereço
    .go = chame Read na conn que Accept retornou, em um buffer com tamanho (make([]byte, 1024), e não var b []byte), e passe-a à goroutine como argumento: go handle(conn)
    .java = leia do socket que accept retornou, em um buffer que não seja vazio (new byte[1024]); com um pool, cada cliente precisa de uma thread livre (newCachedThreadPool())
    .node = registre socket.on('data', …) no socket que cada conexão traz, net.createServer((socket) => …), e chame resume() depois de cada pause()
    .python = chame recv na conexão que accept retornou (conn, addr = s.accept()), com um número acima de 0; com threads, cada cliente precisa de uma livre (max_workers) e recebe a sua conn: args=(conn,)

# Por que um socket não tem a porta que o programa indica.
bind-length-wrong = bind falhou com EINVAL (argumento inválido): recebeu { $length } como tamanho do endereço, que não é o tamanho de um endereço (16 bytes em IPv4, 28 em IPv6)
bind-length-wrong-port = bind falhou com EINVAL (argumento inválido): recebeu { $length } como tamanho do endereço, que não é o tamanho de um endereço (16 bytes em IPv4, 28 em IPv6); o kernel escolheu a porta { $port } no lugar, e escolhe outra a cada início
bind-failed = { $call } falhou, e o programa não conferiu o resultado
bind-failed-port = { $call } falhou, e o programa não conferiu o resultado; o socket ficou com a porta { $port }, escolhida pelo kernel
bind-never-called = o programa nunca associou o socket a uma porta: bind não foi chamado
listen-never-called = o programa chamou accept em um socket para o qual não tinha chamado listen: o kernel recusa isso (EINVAL)
held-by-parent = um processo filho atendeu a conexão até o fim, mas o processo que a aceitou ainda tem a sua própria cópia, e por isso a conexão nunca é fechada
hint-close-in-parent = depois do fork, feche a conexão também no processo pai (close(c) em C, c.close() em Python, close $c em Perl): ela só termina quando todos os processos que a têm a fecharam
    .c = depois do fork, chame close(c) também no processo pai: a conexão só termina quando todos os processos que a têm a fecharam
    .cpp = depois do fork, chame close(c) também no processo pai: a conexão só termina quando todos os processos que a têm a fecharam
    .python = depois do fork, chame c.close() também no processo pai: a conexão só termina quando todos os processos que a têm a fecharam
awaits-thread = a thread que deveria responder espera por outra thread do programa (um lock, uma fila cheia ou um canal), e essa outra nunca chega
never-flushed = as respostas ficam no buffer de { $writer }: o programa nunca chama flush nele
needless-accept = o servidor espera em accept embora nenhum cliente se conecte, e assim não atende nenhum dos clientes que já tem; ele usa { $call }, que diz quais sockets estão prontos
hint-test-ready-set = chame accept só se a espera avisou o socket de escuta: teste o conjunto que select preencheu (FD_ISSET nele, e não na cópia com todos os sockets), ou revents da posição dele
hint-awaits-thread = libere cada lock em todos os caminhos, e antes de esperar por um cliente (with lock:, try/finally, defer mu.Unlock()); uma fila ou um canal precisa de uma thread que retire dele
impossible-address = o programa terminou ({ $status }) porque usa { $address }, que não é um endereço IP: “{ $said }”
hint-impossible-address = corrija o endereço: quatro números de 0 a 255 separados por pontos, como 127.0.0.1; 0.0.0.0 significa todos os endereços da máquina
ended-after-listen = o programa chamou listen e em seguida terminou sem erro (código de saída 0), antes que um cliente chegasse
ended-after-listen-said = o programa chamou listen e em seguida terminou sem erro (código de saída 0), antes que um cliente chegasse; última saída: “{ $said }”
memory-fault = o servidor foi encerrado por um erro de memória ({ $status }): ele leu ou escreveu fora das suas variáveis
memory-fault-said = o servidor foi encerrado por um erro de memória ({ $status }), pois leu ou escreveu fora das suas variáveis: “{ $said }”
hint-accept-returned = o programa deve continuar vivo: faça o programa principal esperar pelas suas threads (join); accept deve esperar por um cliente, então confira o que ele retorna, não torne não bloqueante o socket que escuta (setblocking(False), O_NONBLOCK) e atenda em um laço
    .c = o programa deve continuar vivo: atenda em um laço, confira o que accept retorna (perror), não ative O_NONBLOCK no socket que escuta e espere as threads com pthread_join
    .csharp = o programa deve continuar vivo: atenda em um laço, while (true) em volta de AcceptTcpClient, e faça Main esperar as threads e tarefas (Join(), Wait() ou await)
    .go = o programa deve continuar vivo: chame Accept em um laço sem fim em main, ou faça main esperar as goroutines (wg.Wait()), e imprima o erro que Accept retorna
    .java = o programa deve continuar vivo: atenda em um laço, while (true) em volta de accept, faça main esperar as threads (join()), e não use limite de tempo nem configureBlocking(false) no servidor
    .node = o programa deve continuar vivo: não chame servidor.close(), servidor.unref() nem process.exit() depois de listen
    .python = o programa deve continuar vivo: atenda em um laço, while True em volta de accept, espere as threads com join() e deixe accept esperar (sem setblocking(False) nem settimeout() nele)
hint-bind-family = use a mesma família em tudo: AF_INET em socket e em sin_family com struct sockaddr_in, ou AF_INET6 com struct sockaddr_in6; confira o que bind retorna (perror)
hint-memory = confira o tamanho passado a recv e o comprimento de cada vetor e de cada cópia (strcpy, sprintf, b[n] = 0 com n igual ao tamanho do vetor); gcc -g -fsanitize=address mostra a linha
    .cpp = confira o tamanho passado a recv e cada índice e cópia (uma std::string ou vector vazia não tem espaço; b[n] = 0 com n igual ao tamanho do vetor); g++ -g -fsanitize=address mostra a linha
bind-never-called-port = o programa nunca associou o socket a uma porta: bind não foi chamado; o kernel escolheu a porta { $port }, e escolhe outra a cada início
connect-for-bind = o programa chamou { $call } e espera datagramas, mas nunca chamou bind: o socket tem uma porta que nenhum cliente conhece, e só recebe daquele endereço
bound-to-port-zero = bind recebeu a porta 0, então o kernel escolheu uma porta, e escolhe outra a cada início
bound-to-port-zero-port = bind recebeu a porta 0, então o kernel escolheu uma porta, e escolhe outra a cada início (desta vez { $port })
several-listeners = o programa tem { $sockets } sockets escutando em { $at } (SO_REUSEPORT) e não chama accept em todos: o kernel distribui os clientes entre eles
note-swapped-port = o servidor usa a porta { $port }, que é { $expected } com os dois bytes trocados: ponha o número da porta na ordem de bytes da rede com htons({ $expected }); um cliente que faz isso não o encontra

hint-bind-length = passe sizeof(struct sockaddr_in), e não o sizeof de um ponteiro, e confira o que bind retorna (perror)
hint-bind-result = confira o que bind retorna e imprima o motivo com perror("bind"): pode ser preciso outro endereço, uma porta acima de 1023 ou SO_REUSEADDR
hint-call-bind = chame bind(socket, endereço, tamanho) depois de socket: sem ele nenhum cliente sabe a porta
hint-bind-not-connect = escreva bind no lugar de connect, com o mesmo endereço: connect é chamado pelo cliente, e o servidor espera na sua própria porta
hint-name-port = passe a bind a porta do laboratório, em C com htons(porta)
hint-one-listener = crie, associe e ponha a escutar um único socket, ou chame accept em cada um; não use SO_REUSEPORT

# Conexões que não foram aceitas, ou fechadas cedo demais.
client-never-accepted = o cliente { $client } nunca foi aceito: o servidor chamou accept { $accepts ->
    [1] uma só vez
   *[other] só { $accepts } vezes
}, e a conexão espera na fila de conexões
hint-accept-all = chame accept em um laço, uma vez para cada cliente; com select, preencha o conjunto de novo (FD_ZERO, FD_SET) antes de cada chamada; com threads, passe a função sem chamá-la (Thread(target=f, args=(c,)), e não target=f(c))
    .c = chame accept em um laço sem fim, uma vez para cada cliente; com select, preencha o conjunto de novo antes de cada chamada (FD_ZERO e FD_SET para cada socket)
    .go = chame Accept em um laço sem fim, uma vez para cada cliente, e atenda cada um com go handle(conn): sem go, o laço para no primeiro cliente
    .java = chame accept em um laço sem fim, while (true), uma vez para cada cliente; com threads, chame start(), e não run(), que atende o cliente antes de o laço continuar
    .python = chame accept em um laço, uma vez para cada cliente (while True: conn, addr = s.accept()); com threads, passe a função sem chamá-la: Thread(target=f, args=(conn,)), e não target=f(conn)
closed-before-data = o servidor fechou a conexão do cliente { $client } antes que o cliente enviasse qualquer coisa: não esperou os dados dele
hint-wait-for-data = chame recv ou read, que esperam até haver dados, e feche depois da resposta; ready(), available(), leituras sem bloqueio e limites de tempo curtos (settimeout, SetReadDeadline) só dizem o que há naquele momento; em Go, um tempo sem unidade é em nanossegundos
    .c = deixe recv esperar até haver dados e feche depois da resposta: retire O_NONBLOCK, MSG_DONTWAIT, FIONREAD e um SO_RCVTIMEO curto, ou chame recv só depois que select ou poll avisar o socket
    .csharp = chame Read, que espera até haver dados, e feche depois da resposta: DataAvailable e Available só dizem o que há naquele momento, e um ReceiveTimeout curto desiste
    .go = deixe Read esperar até haver dados e feche depois da resposta: retire SetReadDeadline ou dê mais tempo (10 * time.Second): um tempo sem unidade é em nanossegundos
    .java = chame read, que espera até haver dados, e feche depois da resposta: ready() e available() só dizem o que há naquele momento, e um setSoTimeout() curto desiste
    .php = deixe socket_read ou fread esperar até haver dados e feche depois da resposta: retire socket_set_nonblock, stream_set_blocking(…, false) e limites de tempo curtos
    .python = deixe recv esperar até haver dados e feche depois da resposta: retire setblocking(False), MSG_DONTWAIT e um settimeout() curto, ou chame recv só depois que select avisar o socket
    .ruby = chame readpartial(1024) ou recv(1024), que esperam até haver dados, e feche depois da resposta: read_nonblock e recv_nonblock não esperam

# Chamadas que falharam sem que o programa parasse (mais uma execução).
handler-missing = a classe do tratador não tem o método handle: é ele que socketserver chama para cada cliente, e a conexão termina quando ele retorna
close-not-called = a conexão fica aberta: essa linha só cita o método que a fecha; sem () ele não é chamado
datagram-received-missing = a classe do protocolo não tem o método datagram_received: é ele que asyncio chama para cada datagrama; data_received é só para TCP
linger-reset = o programa define SO_LINGER com tempo 0; assim, close envia um reset (RST) em vez de um FIN
utf16-decoded = o cliente { $client } recebeu “{ $got }”: o programa lê os bytes como UTF-16, dois para cada letra, e por isso nenhuma letra vira maiúscula
thread-gets-address = cada thread recebe o endereço da mesma variável, que o próximo accept sobrescreve enquanto a thread ainda a usa
select-count = o primeiro argumento de select é pequeno demais, e por isso select não observa o maior descritor: deve ser o maior mais 1
serve-forever-missing = asyncio.start_server só inicia o servidor: em seguida o programa chega ao fim e termina
never-awaited = nada espera (await) pela corrotina { $call }; por isso, nada do código dela é executado
reserved-only = reserve não muda o tamanho do buffer: ele continua com 0 bytes, para receber e para enviar
pieces-stripped = na resposta ao cliente { $client } só faltam espaços em branco dos dados: o programa os remove das pontas de cada pedaço que recebe
table-by-host = a resposta foi para outro cliente: uma tabela do servidor tem aqui só o endereço IP como chave, e todos os clientes de uma máquina têm o mesmo
next-without-close = o servidor aceita o próximo cliente sem ter fechado a conexão do anterior
read-thrown-away = o que esta chamada lê é jogado fora: só a chamada seguinte guarda o que leu, e espera a mensagem depois dela
event-of-server = o tratador dos dados é registrado aqui no servidor, que nunca recebe dados: só uma conexão recebe
listener-closed = accept falhou, porque o próprio programa tinha fechado o socket que escuta
listener-closed-said = accept falhou, porque o próprio programa tinha fechado o socket que escuta: "{ $said }"
closed-by-starter = a parte do programa que aceita clientes fecha a conexão aqui, por uma chamada ou no fim do bloco, enquanto a thread que ela iniciou ainda a usa
empty-answer = a resposta ao cliente { $client } é um datagrama vazio, e não um de { $of } bytes
events-compared = o cliente { $client } fechou a conexão, e o servidor não percebe: ele compara aqui os eventos de poll ou epoll com ==, e o fim de uma conexão tem dois deles (POLLIN e POLLRDHUP)
start-not-called = a conexão foi aceita e nenhuma thread lê dela: start é citado aqui, mas não é chamado, pois faltam os parênteses
thread-not-started = a conexão foi aceita e nenhuma thread lê dela: a thread é criada aqui, e nunca é iniciada
byte-taken-for-end = o cliente { $client } não recebeu resposta a uma mensagem com o byte 255: o servidor guarda o que lê em uma variável de um byte, na qual 255 é -1, como o fim do fluxo
never-notified = a conexão foi aceita e nenhuma thread lê dela: a que deveria ler espera aqui por uma condição, e nada no programa a acorda
http-server = o programa é um servidor HTTP: ele espera uma requisição com cabeçalhos, e os clientes do laboratório enviam dados simples
one-thread-taken = o pool só tem uma thread, e uma tarefa que não termina (como o laço que aceita clientes) fica com ela: as tarefas seguintes nunca são executadas
task-error-hidden = a conexão foi aceita e nenhuma thread lê dela: um erro em uma tarefa passada a submit() a encerra sem mensagem nenhuma
error-hidden = o programa leu a mensagem, não enviou nada e ignora qualquer erro nesse trecho (um except ou catch vazio)
error-caught = o programa capturou um erro entre ler a mensagem e responder a ela, e seguiu sem resposta: "{ $error }"
upper-lost = o cliente { $client } recebeu os dados sem alteração (“{ $got }”), embora o programa converta texto em maiúsculas: o resultado não chega à resposta
stops-at-message = { $messages ->
    [one] o cliente { $client } recebeu resposta à primeira mensagem e nenhuma à seguinte, embora o servidor responda a várias mensagens em uma conexão
   *[other] o cliente { $client } recebeu respostas a { $messages } mensagens e nenhuma à seguinte, embora o servidor responda a várias mensagens em uma conexão
}
count-in-one-byte = o cliente { $client } não recebeu resposta a uma mensagem longa: a quantidade de bytes que o servidor recebeu não cabe na variável dele, de um byte
ended-by-accept = accept falhou com { $error }, e o servidor terminou sem um erro próprio
mixed-connections = com dois clientes ao mesmo tempo (mais uma execução), o servidor enviou ao segundo a resposta do primeiro
thread-without-connection = as threads são iniciadas sem a conexão delas: todas usam uma variável, que o próximo accept altera
ends-at-byte255 = as respostas ao cliente { $client } terminam antes de um byte de valor 255, e nada veio depois dele
first-byte-not-upper = o primeiro byte de uma resposta ao cliente { $client } não foi convertido em maiúscula
cut-by-accents = o cliente { $client } recebeu { $got } de { $of } bytes: faltam na resposta tantos bytes quantas letras acentuadas ela tem, ou seja, o tamanho foi contado em letras
listen-before-bind = o programa chama listen antes de bind: o socket já tem então uma porta, escolhida pelo kernel, e o bind falha
stream-for-datagrams = o programa faz bind de um socket do tipo SOCK_STREAM, que é TCP, e não cria nenhum para UDP
unix-socket-bound = o programa fez bind de um socket UNIX, que é um arquivo desta máquina, e não abriu nenhuma porta { $protocol }
datagram-flood = o cliente { $client } enviou { $sent ->
    [one] um datagrama
   *[other] { $sent } datagramas
} e recebeu { $back }: o servidor continua enviando sem receber nada
wrong-event = o programa registra um tratador para um evento que um socket TCP do Node não tem, e nenhum para os dados
wrong-datagram-event = o programa registra um tratador para um evento que um socket UDP do Node não tem, e nenhum para 'message'
defer-too-late = a conexão fica aberta: defer só é executado quando a função retorna, e esta continua no laço
shut-down-first = o servidor encerrou o envio na conexão do cliente { $client } (shutdown) antes que o cliente enviasse qualquer coisa: depois disso nenhuma resposta pode sair
read-gave-up = { $call } ainda não encontrou dados e não esperou por eles (EAGAIN), e o programa fechou a conexão
closed-unread = o programa fechou a conexão sem ter lido nada dela
closed-after-reading = { $bytes ->
    [one] o programa leu um byte da conexão e a fechou sem enviar nada
   *[other] o programa leu { $bytes } bytes da conexão e a fechou sem enviar nada
}
call-failed = { $call } falhou com { $error ->
    [EBADF] EBADF (descritor inválido)
    [ENOTSOCK] ENOTSOCK (o descritor não é de um socket)
    [EFAULT] EFAULT (endereço de memória inválido)
    [EOPNOTSUPP] EOPNOTSUPP (operação não suportada)
    [EINVAL] EINVAL (argumento inválido)
    [EMSGSIZE] EMSGSIZE (mensagem longa demais)
    [EAFNOSUPPORT] EAFNOSUPPORT (família de endereços não suportada)
    [EDESTADDRREQ] EDESTADDRREQ (falta o endereço de destino)
    [ENOTCONN] ENOTCONN (socket não conectado)
    [EPIPE] EPIPE (o socket não pode mais enviar)
   *[other] { $error }
}; o programa continuou, e nenhuma resposta veio
bind-refused = { $call } falhou com { $error ->
    [EADDRINUSE] EADDRINUSE (endereço já em uso)
    [EADDRNOTAVAIL] EADDRNOTAVAIL (endereço que não é desta máquina)
    [EACCES] EACCES (permissão negada)
    [EINVAL] EINVAL (argumento inválido)
   *[other] { $error }
}, e o programa não conferiu o resultado
read-of-nothing = { $call } foi chamado com tamanho de 0 bytes e, por isso, não leu nada do que o cliente enviou
send-of-nothing = { $call } foi chamado com tamanho de 0 bytes e, por isso, não enviou resposta

hint-negative-descriptor = o descritor é negativo: em C, é o resultado de uma chamada anterior que falhou (socket, accept); confira o que ela retorna e imprima o motivo (perror); em Python, o socket já foi fechado; feche-o só depois do último uso
    .c = o descritor é o -1 de uma chamada anterior que falhou (socket, accept): confira o que ela retorna, if (fd < 0), e imprima o motivo com perror
    .python = esse socket já está fechado (fileno() dele é então -1): procure close() ou o fim de um bloco with antes do último uso, talvez em uma volta anterior do laço ou em outra thread que compartilha a variável
hint-descriptor-closed = esse descritor não está aberto: veja onde ele foi fechado, talvez em uma volta anterior do laço, por outra thread (uma variável que todas compartilham) ou antes de um fork, e feche cada socket só depois do último uso; confira se a variável passada é a certa e o que a chamada retorna (perror em C)
    .c = esse descritor não está aberto: veja onde foi fechado (uma volta anterior do laço, uma thread que compartilha a variável, antes de um fork), confira se é a variável certa e use perror
    .csharp = esse socket já está fechado: fechar um NetworkStream, StreamReader ou StreamWriter, ou o fim de um bloco using, também fecha a conexão; feche-a só depois do último uso
    .go = essa conexão já está fechada: procure conn.Close() antes do último uso, talvez um defer em uma função que já retornou, ou uma conn que goroutines compartilham (passe-a como argumento)
    .java = esse socket já está fechado: fechar um dos fluxos dele, ou o fim de um bloco try (…), também fecha o socket; feche-o só depois do último uso e dê a cada thread a sua própria variável
    .node = esse socket já está fechado: chame end() ou destroy() só depois da última escrita e confira se nenhum callback ou temporizador posterior ainda escreve nele
    .python = esse socket já está fechado: procure close() ou o fim de um bloco with antes do último uso, talvez em uma volta anterior do laço ou em outra thread que compartilha a variável
    .ruby = esse socket já está fechado: procure close, ou o fim de um bloco que o fecha, antes do último uso, talvez em outra thread que compartilha a variável (Thread.new(cliente))
hint-wait-arguments = confira os argumentos: o primeiro de select é o maior descritor + 1 e não é negativo, o número de poll é o de elementos do vetor, e o tempo limite não é negativo, exceto -1 em poll e epoll_wait
hint-no-socket = passe o descritor que socket ou accept retornou: este é de outro arquivo
hint-parentheses = o descritor é 0, 1 ou 2, o teclado ou a tela, e não um socket: em C, ponha parênteses em volta da atribuição, if ((s = socket(…)) < 0), porque < é avaliado antes de =; o mesmo vale para accept
hint-buffer-address = passe o endereço de um vetor ou de memória alocada: esse ponteiro não indica memória do programa que a chamada possa usar
hint-keep-connection = leia do descritor que accept retornou, c = accept(…): a variável de onde se lê vale 0, o teclado
hint-option-address = setsockopt recebe o endereço do valor e o tamanho dele: int on = 1; setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on)
hint-accept-of-datagrams = UDP não tem conexões: não chame accept nem listen, e troque datagramas com recvfrom e sendto
hint-accept-listens = chame listen depois de bind e antes de accept, no mesmo socket, e não chame shutdown nele
hint-datagram-size = um datagrama UDP tem no máximo 65507 bytes: envie tantos bytes quantos recvfrom retornou, e não o buffer inteiro, e confira o que a chamada retorna
hint-send-address = envie ao endereço que recvfrom guardou, com o comprimento dele: em C, ponha na variável de comprimento o sizeof do endereço antes de cada recvfrom e passe-a a sendto sem mudar; confira o que sendto retorna (perror)
hint-use-connection = envie e receba com o descritor que accept retornou, e não com o socket que escuta
hint-shut-down-last = envie primeiro a resposta inteira e chame shutdown (shutdownOutput em Java, socket.end no Node) só depois
    .c = envie primeiro a resposta inteira e chame shutdown(c, SHUT_WR) só depois
    .go = envie primeiro a resposta inteira e chame CloseWrite() só depois
    .java = envie primeiro a resposta inteira e chame socket.shutdownOutput() só depois
    .node = envie primeiro a resposta inteira com socket.write e chame socket.end() só depois
    .python = envie primeiro a resposta inteira e chame conn.shutdown(…) só depois
hint-buffer-size = passe o tamanho do buffer: em C, sizeof buffer de um vetor, e não strlen de um buffer vazio; em outras linguagens, crie o buffer com mais de 0 bytes
    .c = passe o tamanho do buffer, recv(c, buffer, sizeof buffer, 0), e não strlen(buffer), que é 0 em um buffer vazio
    .cpp = passe o tamanho do buffer: sizeof buffer para um vetor de C; uma std::string ou std::vector nova tem size() 0, então crie-a com tamanho, std::vector<char> buffer(1024)
    .csharp = crie o buffer com mais de 0 bytes, new byte[1024], e passe buffer.Length a Read
    .go = crie o buffer com tamanho, make([]byte, 1024), e não var b []byte nem make([]byte, 0, 1024)
    .java = crie o buffer com mais de 0 bytes, new byte[1024], e passe o tamanho inteiro dele
    .python = passe um número acima de 0, recv(1024), e a recv_into um buffer com tamanho, bytearray(1024)
    .rust = read preenche só o comprimento do buffer: vec![0; 1024] ou [0; 1024]; Vec::with_capacity(1024) e Vec::new() têm comprimento 0
hint-sent-count = passe o número de bytes que recv ou read retornou: strlen é 0 se o buffer está vazio ou começa com um byte NUL; em C++, uma string precisa ter tamanho antes que std::transform escreva nela
    .c = passe a send o número de bytes que recv retornou, n: strlen(buffer) é 0 se o buffer está vazio ou começa com um byte NUL
    .cpp = passe a send o número de bytes que recv retornou: size() de uma std::string nova é 0, mesmo depois de std::transform nela; dê antes o tamanho a ela (resposta.resize(n))
    .go = envie o que Read guardou, conn.Write(buffer[:n]) com o n que ele retornou: a slice que essa chamada envia está vazia
    .python = envie o que recv retornou: os bytes que essa chamada envia estão vazios (b'')
