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
hint-compared-count = em C, n = recv(…) > 0 guarda o resultado da comparação, que é 1: escreva while ((n = recv(…)) > 0) e passe n a send
hint-one-word = operator>>, scanf("%s") e Scanner.next() param em um espaço: use os bytes como recv os retornou, ou leia linhas inteiras (getline, nextLine)
hint-one-encoding = use UTF-8 nos dois sentidos (StandardCharsets.UTF_8, Encoding.UTF8, decode("utf-8") e encode("utf-8")), e nunca ASCII, Latin-1 ou o padrão do sistema
hint-pointer-size = passe a recv e send a quantidade de bytes: em C, sizeof de um ponteiro (char *texto) é 8, e não o tamanho do buffer; em outras linguagens, confira o número passado a recv ou read; repita até recv retornar vazio
upper-only-beginning = só os primeiros { $bytes } bytes de cada resposta estão em maiúsculas, como em “{ $got }” para o cliente { $client }
hint-converted-count = converta tantos bytes quantos recv retornou: em C, sizeof de um ponteiro (um parâmetro char *texto, mesmo escrito char texto[]) é 8, e não o comprimento dos dados; passe também o comprimento à função
hint-pointer-sent = passe a send o próprio buffer: se texto é um ponteiro (char *texto, malloc), escreva send(c, texto, n, 0), e não send(c, &texto, n, 0)
hint-pointer-size-datagram = passe a recvfrom o tamanho de um buffer em que caiba um datagrama inteiro: em C, sizeof de um ponteiro (char *texto) é 8, e não o tamanho do buffer
hint-earlier-length = defina de novo o tamanho do buffer antes de cada recepção: um DatagramPacket de Java guarda o comprimento dos últimos dados (setLength, ou um pacote novo a cada vez), e uma variável de comprimento em C também
hint-printed-form = envie os próprios bytes: em Python, str() de bytes dá b'…' (use decode()); em Java, toString() de um array dá [B@… (use new String(bytes, 0, n, UTF_8)); em JavaScript use buffer.toString(), em Go string(b[:n]); JSON.stringify e inspect acrescentam aspas
hint-object-stream = use os fluxos do socket (getInputStream, getOutputStream) sem ObjectInputStream nem ObjectOutputStream: o outro lado não precisa ser escrito em Java
hint-utf16 = envie os bytes do texto em UTF-8: getBytes(UTF_8) e write em Java (writeChars envia dois bytes por letra), encode("utf-8") em Python, Encoding.UTF8 em C#
hint-latin1 = codifique e decodifique sempre com UTF-8: getBytes(UTF_8) em Java (writeBytes guarda um só byte de cada letra), encode("utf-8") em Python, Encoding.UTF8 em C#, sem "latin1" nem "binary" em JavaScript
hint-no-length = envie só os dados, sem comprimento na frente: writeUTF, struct.pack e cabeçalhos próprios acrescentam um, e os clientes do laboratório não o enviam nem esperam
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
hint-answer-each-piece = envie de volta cada pedaço assim que ele chega: um recv que retorna menos bytes não é o fim da mensagem, e um buffer cheio não quer dizer que vem mais (não espere o buffer encher com readFully, readexactly ou MSG_WAITALL)
hint-one-message-late = responda na mesma volta do laço: primeiro recv, depois envie o que esse recv retornou, e não o que um anterior retornou
hint-flush = chame flush depois de cada resposta: um escritor com buffer (BufferedOutputStream, PrintWriter, makefile, fdopen, bufio) só envia quando o buffer enche; sem um escritor assim, envie de volta cada pedaço assim que recv o retorna
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
hint-printed-not-sent-datagram = imprimir só mostra os dados na tela do servidor: envie-os também de volta com sendto, para o endereço que recvfrom retornou
hint-whole-datagram = receba em um buffer em que caiba um datagrama inteiro (65535 bytes): recvfrom descarta o que não cabe
hint-address-length = em C, ponha na variável de comprimento o sizeof do endereço antes de cada recvfrom: com 0, o endereço de quem enviou não é guardado, e sendto falha com EINVAL; confira o resultado de sendto; em outras linguagens, veja o que a primeira volta do laço faz de diferente
hint-datagram-loop = chame recvfrom e sendto em um laço sem fim, usando a cada vez o endereço que esse recvfrom retornou
hint-every-second = chame recvfrom só uma vez por volta do laço: os dados de uma segunda chamada se perdem se só uma das duas for respondida
hint-unchanged = envie o texto também quando as maiúsculas não mudam nada: em Ruby, upcase! retorna nil nesse caso (use upcase), e uma comparação dos dois textos os acha iguais
http-answer = o cliente { $client } recebeu a resposta de um servidor HTTP, embora tenha enviado dados simples
hint-plain-server = use um servidor TCP sem HTTP: net.createServer no Node, um socket ou socketserver em Python, TcpListener em C#, ServerSocket em Java
byte-order-mark-sent = a resposta ao cliente { $client } começa com uma marca de ordem de bytes (EF BB BF), que não deveria estar ali
hint-no-byte-order-mark = escreva sem a marca de ordem de bytes: new UTF8Encoding(false) no lugar de Encoding.UTF8 (C#), "utf-8" e não "utf-8-sig" (Python), ou envie os próprios bytes
characters-removed = faltam na resposta ao cliente { $client } estes caracteres do texto: “{ $removed }”
hint-keep-characters = remova só o fim de linha ou os espaços das pontas do texto (strip, trim, chomp): um padrão como \W ou [^a-z] remove também todo o resto
case-of-all-bytes = o cliente { $client } recebeu “{ $got }”: o programa muda todos os bytes em 32, e não só as letras minúsculas
hint-only-letters = mude um byte só se for letra minúscula, com as duas condições: if (c >= 'a' && c <= 'z'), ou chame toupper
bytes-skipped = depois de { $got } bytes de uma resposta ao cliente { $client } faltam { $bytes } bytes dos dados, e em seguida vem o resto
hint-one-reader = crie o leitor com buffer (BufReader, BufferedReader, Scanner, makefile) uma única vez por conexão, antes do laço: o que ele leu adiante se perde com ele; use tudo o que recv retornou
hint-call-close = escreva os parênteses: conn.close()
hint-datagram-received = dê ao método o nome datagram_received(self, data, addr), e responda com self.transport.sendto(data, addr)
hint-no-linger = retire SO_LINGER; para uma porta ainda em uso, basta SO_REUSEADDR
hint-own-copy = dê a cada thread a sua própria cópia: um int de malloc para cada cliente, ou o próprio número ((void *)(intptr_t)fd); em C++, capture por valor ([fd])
hint-select-count = chame select com o maior descritor mais 1: select(maxfd + 1, ...)
hint-notify = depois de cada entrada que você põe na fila, acorde uma thread que espera: notify_one() ou notify(), pthread_cond_signal, Monitor.Pulse
hint-serve-forever = depois de start_server: async with servidor: await servidor.serve_forever()
hint-port-first = a porta vem primeiro: listen(PORT, HOST)
hint-resize = chame resize(1024) antes de recv e resize(n) com o número que ele retornou; envie size() bytes
hint-no-strip = um eco envia os bytes como vieram: não chame strip(), trim() nem chomp no que é enviado de volta
hint-more-threads = execute o laço que aceita clientes fora do pool, e dê ao pool mais de uma thread
hint-own-variables = guarde os dados e o endereço de cada datagrama em variáveis próprias (parâmetros da thread ou tarefa), não em variáveis que todas as threads compartilham
hint-reply-address = envie a resposta para o endereço que recvfrom retornou (em Java, packet.getAddress() e getPort()), não para uma porta fixa nem para a do próprio servidor

# O que o programa imprimiu enquanto rodava, e como terminou.
thread-failed = um erro encerrou uma thread ou tarefa do servidor, e o cliente dela ficou sem atendimento: “{ $said }”
error-printed = o servidor imprimiu um erro enquanto atendia: “{ $said }”
server-ended-by-error = o servidor terminou com um erro ({ $status })
server-ended-by-error-said = o servidor terminou com um erro ({ $status }): “{ $said }”
came-to-its-end = o programa chegou ao fim sem erro e sem abrir a porta (código de saída 0)
came-to-its-end-said = o programa chegou ao fim sem erro e sem abrir a porta (código de saída 0); última saída: “{ $said }”

hint-thread-failed = corrija esse erro na linha do seu arquivo que o rastro indica: o que os outros itens apontam é consequência dele
hint-error-printed = encontre a chamada a que esse erro se refere e corrija a causa; imprima o rastro inteiro se não souber a linha
hint-keep-running = chame a função que atende (main), mantenha-a em um laço sem fim e faça o programa principal esperar as threads com join: threads daemon terminam junto com ele

# Dados na fila de recepção.
data-unread = o servidor aceitou o cliente { $client }, mas nunca leu o que ele enviou: { $bytes } bytes continuam não lidos na fila de recepção da conexão
hint-serve-accepted = depois de accept, leia da conexão que ele retornou antes do próximo accept, ou inicie uma thread ou um processo que faça isso (start(), e não run()); ele recebe a conexão por valor e imprime os próprios erros
hint-watch-all = passe todas as conexões a cada chamada (select: no conjunto, e o primeiro argumento é o maior descritor + 1; poll: no vetor, com events = POLLIN) e leia cada uma que estiver pronta, em um buffer cujo tamanho não seja 0
hint-event-loop = registre cada conexão para leitura (on 'data', uma corrotina com await read, selector.register, epoll_ctl) e nunca bloqueie o laço de eventos com um laço ou um sleep
hint-close-late = feche a conexão só depois que o cliente dela fechar; com threads, quem fecha é a que atende o cliente, e não a que aceita (sem with, using ou try (…) em volta do início da thread); guarde o socket em uma variável até lá (em PHP, &$clientes para um array que uma função altera)
hint-reach-send = veja o que há entre recv e send: uma condição que não se cumpre, ou um erro que encerra a thread sem ser impresso
hint-name-handle = dê ao método o nome handle, como socketserver exige: def handle(self)
hint-print-task-error = use execute() (Java) ou uma thread própria, ou trate e imprima os erros dentro da tarefa
hint-print-error = imprima o erro no bloco except ou catch (traceback.print_exc(), e.printStackTrace(), console.error): ele diz o que falha antes do send
hint-use-result = use o que a conversão retorna: texto = texto.upper(), e envie essa variável; em C++, for (char &c : texto) altera o próprio texto, e for (char c : texto) só uma cópia
hint-empty-is-end = quando recv retornar vazio (0 bytes), saia do laço e feche o socket daquela conexão; em Python ele retorna b'', que nunca é igual a '': escreva if not dados: break; um evento de epoll ou poll é um conjunto de bits: teste-o com &, não com ==
hint-compare-messages = compare essa mensagem com as anteriores: o tamanho (uma quantidade acima de 127 ou 255 não cabe em char ou byte), bytes NUL, bytes acima de 127, quebras de linha, e o que o laço testa antes de continuar
hint-count-as-int = guarde em um int o que read retorna: em um char ou (byte), o byte 255 vira -1 e é tomado pelo fim do fluxo
hint-first-byte = comece o laço pelo primeiro byte: i = 0
hint-count-bytes = use o tamanho em bytes, e não o do texto: Buffer.byteLength(texto), len(texto.encode()), texto.getBytes().length; em UTF-8 uma letra acentuada ocupa dois bytes
hint-bind-first = chame bind primeiro e só depois listen
hint-datagram-socket = crie o socket com SOCK_DGRAM (UDP) e use recvfrom e sendto, sem listen nem accept
hint-data-event = registre o tratador com socket.on('data', …): 'message' é um evento dos sockets UDP (dgram)
hint-receive-in-loop = chame recvfrom dentro do laço, para que cada volta espere um datagrama e envie uma resposta
hint-close-in-turn = ponha o atendimento de um cliente em uma função própria, com defer conn.Close() nela, ou chame conn.Close() no fim de cada volta do laço
hint-read-data = leia da conexão que accept retornou, em um buffer cujo tamanho não seja 0 (Go: make([]byte, 1024), e não var b []byte); com threads, cada cliente precisa de uma que esteja livre e que receba a conexão por valor (não o endereço de uma variável do laço)

# Por que um socket não tem a porta que o programa indica.
bind-length-wrong = bind falhou com EINVAL (argumento inválido): recebeu { $length } como tamanho do endereço, que não é o tamanho de um endereço (16 bytes em IPv4, 28 em IPv6)
bind-length-wrong-port = bind falhou com EINVAL (argumento inválido): recebeu { $length } como tamanho do endereço, que não é o tamanho de um endereço (16 bytes em IPv4, 28 em IPv6); o kernel escolheu a porta { $port } no lugar, e escolhe outra a cada início
bind-failed = { $call } falhou, e o programa não conferiu o resultado
bind-failed-port = { $call } falhou, e o programa não conferiu o resultado; o socket ficou com a porta { $port }, escolhida pelo kernel
bind-never-called = o programa nunca associou o socket a uma porta: bind não foi chamado
listen-never-called = o programa chamou accept em um socket para o qual não tinha chamado listen: o kernel recusa isso (EINVAL)
held-by-parent = um processo filho atendeu a conexão até o fim, mas o processo que a aceitou ainda tem a sua própria cópia, e por isso a conexão nunca é fechada
hint-close-in-parent = depois do fork, feche a conexão também no processo pai (close(c) em C, c.close() em Python, close $c em Perl): ela só termina quando todos os processos que a têm a fecharam
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
hint-bind-family = use a mesma família em tudo: AF_INET em socket e em sin_family com struct sockaddr_in, ou AF_INET6 com struct sockaddr_in6; confira o que bind retorna (perror)
hint-memory = confira o tamanho passado a recv e o comprimento de cada vetor e de cada cópia (strcpy, sprintf, b[n] = 0 com n igual ao tamanho do vetor); gcc -g -fsanitize=address mostra a linha
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
closed-before-data = o servidor fechou a conexão do cliente { $client } antes que o cliente enviasse qualquer coisa: não esperou os dados dele
hint-wait-for-data = chame recv ou read, que esperam até haver dados, e feche depois da resposta; ready(), available(), leituras sem bloqueio e limites de tempo curtos (settimeout, SetReadDeadline) só dizem o que há naquele momento; em Go, um tempo sem unidade é em nanossegundos

# Chamadas que falharam sem que o programa parasse (mais uma execução).
handler-missing = a classe do tratador não tem o método handle: é ele que socketserver chama para cada cliente, e a conexão termina quando ele retorna
close-not-called = a conexão fica aberta: essa linha só cita o método que a fecha; sem () ele não é chamado
datagram-received-missing = a classe do protocolo não tem o método datagram_received: é ele que asyncio chama para cada datagrama; data_received é só para TCP
linger-reset = o programa define SO_LINGER com tempo 0; assim, close envia um reset (RST) em vez de um FIN
utf16-decoded = o cliente { $client } recebeu “{ $got }”: o programa lê os bytes como UTF-16, dois para cada letra, e por isso nenhuma letra vira maiúscula
thread-gets-address = cada thread recebe o endereço da mesma variável, que o próximo accept sobrescreve enquanto a thread ainda a usa
select-count = o primeiro argumento de select é pequeno demais, e por isso select não observa o maior descritor: deve ser o maior mais 1
serve-forever-missing = asyncio.start_server só inicia o servidor: em seguida o programa chega ao fim e termina
listen-swapped = os argumentos de listen estão trocados: com um texto em primeiro lugar, Node escuta em um arquivo (um socket Unix) e não em uma porta
reserved-only = reserve não muda o tamanho: o buffer continua com 0 bytes, e assim recv não lê ou send não envia nada
pieces-stripped = na resposta ao cliente { $client } só faltam espaços em branco dos dados: o programa os remove das pontas de cada pedaço que recebe
never-notified = a conexão foi aceita e nenhuma thread lê dela: a que deveria ler espera aqui por uma condição, e nada no programa a acorda
http-server = o programa é um servidor HTTP: ele espera uma requisição com cabeçalhos, e os clientes do laboratório enviam dados simples
one-thread-taken = o pool só tem uma thread, e uma tarefa que não termina (como o laço que aceita clientes) fica com ela: as tarefas seguintes nunca são executadas
task-error-hidden = a conexão foi aceita e nenhuma thread lê dela: um erro em uma tarefa passada a submit() a encerra sem mensagem nenhuma
error-hidden = o programa leu a mensagem, não enviou nada e ignora qualquer erro nesse trecho (um except ou catch vazio)
upper-lost = o cliente { $client } recebeu os dados sem alteração (“{ $got }”), embora o programa converta texto em maiúsculas: o resultado não chega à resposta
stops-at-message = { $messages ->
    [one] o cliente { $client } recebeu resposta à primeira mensagem e nenhuma à seguinte, embora o servidor responda a várias mensagens em uma conexão
   *[other] o cliente { $client } recebeu respostas a { $messages } mensagens e nenhuma à seguinte, embora o servidor responda a várias mensagens em uma conexão
}
ends-at-byte255 = as respostas ao cliente { $client } terminam antes de um byte de valor 255, e nada veio depois dele
first-byte-not-upper = o primeiro byte de uma resposta ao cliente { $client } não foi convertido em maiúscula
cut-by-accents = o cliente { $client } recebeu { $got } de { $of } bytes: faltam na resposta tantos bytes quantas letras acentuadas ela tem, ou seja, o tamanho foi contado em letras
listen-before-bind = o programa chama listen antes de bind: o socket já tem então uma porta, escolhida pelo kernel, e o bind falha
stream-for-datagrams = o programa faz bind de um socket do tipo SOCK_STREAM, que é TCP, e não cria nenhum para UDP
datagram-flood = o cliente { $client } enviou { $sent ->
    [one] um datagrama
   *[other] { $sent } datagramas
} e recebeu { $back }: o servidor continua enviando sem receber nada
wrong-event = o programa registra um tratador para um evento que um socket TCP do Node não tem, e nenhum para os dados
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
hint-descriptor-closed = esse descritor não está aberto: veja onde ele foi fechado, talvez em uma volta anterior do laço, por outra thread (uma variável que todas compartilham) ou antes de um fork, e feche cada socket só depois do último uso; confira se a variável passada é a certa e o que a chamada retorna (perror em C)
hint-wait-arguments = confira os argumentos: o primeiro de select é o maior descritor + 1 e não é negativo, o número de poll é o de elementos do vetor, e o tempo limite não é negativo, exceto -1 em poll e epoll_wait
hint-no-socket = passe o descritor que socket ou accept retornou: este é de outro arquivo
hint-parentheses = o descritor é 0, 1 ou 2, o teclado ou a tela, e não um socket: em C, ponha parênteses em volta da atribuição, if ((s = socket(…)) < 0), porque < é avaliado antes de =; o mesmo vale para accept
hint-buffer-address = passe o endereço de um vetor ou de memória alocada: esse ponteiro não indica memória do programa que a chamada possa usar
hint-accept-of-datagrams = UDP não tem conexões: não chame accept nem listen, e troque datagramas com recvfrom e sendto
hint-accept-listens = chame listen depois de bind e antes de accept, no mesmo socket, e não chame shutdown nele
hint-datagram-size = um datagrama UDP tem no máximo 65507 bytes: envie tantos bytes quantos recvfrom retornou, e não o buffer inteiro, e confira o que a chamada retorna
hint-send-address = envie ao endereço que recvfrom guardou, com o comprimento dele: em C, ponha na variável de comprimento o sizeof do endereço antes de cada recvfrom e passe-a a sendto sem mudar; confira o que sendto retorna (perror)
hint-use-connection = envie e receba com o descritor que accept retornou, e não com o socket que escuta
hint-shut-down-last = envie primeiro a resposta inteira e chame shutdown (shutdownOutput em Java, socket.end no Node) só depois
hint-buffer-size = passe o tamanho do buffer: em C, sizeof buffer de um vetor, e não strlen de um buffer vazio; em outras linguagens, crie o buffer com mais de 0 bytes
hint-sent-count = passe o número de bytes que recv ou read retornou: strlen é 0 se o buffer está vazio ou começa com um byte NUL; em C++, uma string precisa ter tamanho antes que std::transform escreva nela
