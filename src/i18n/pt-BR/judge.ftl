# Resultados das expectativas, com histórias, observações e dicas.
# Um resultado é um fato sobre o programa, uma dica é um imperativo; ambos começam em minúscula e terminam sem ponto final.
# Dados vão entre aspas.

# O início do servidor.
listening = o servidor escuta em { $at } (backlog { $backlog })
bound = o socket UDP do servidor está associado a { $at }
note-other-port = o servidor usa a porta { $port }, e não a { $expected } do laboratório
note-other-address = o servidor está associado a { $address }: um cliente que se conecta a 127.0.0.1 não o alcança
note-no-reuse-address = falta SO_REUSEADDR antes do bind: se for reiniciado logo depois de terminar, o programa pode receber "Address already in use"
other-protocol = na porta { $port } o servidor usa { $found }, mas o exigido é { $wanted }
other-protocol-said = na porta { $port } o servidor usa { $found }, mas o exigido é { $wanted }; última saída: “{ $said }”
tcp-listens-too = o item exige um servidor UDP, mas um socket TCP escuta em { $at }
program-missing = o programa “{ $program }” não foi encontrado
line-endings = “{ $program }” tem quebras de linha do Windows (CRLF), e por isso o interpretador indicado na primeira linha não é encontrado
marked-script = “{ $program }” começa com uma marca de ordem de bytes (BOM), e por isso a primeira linha (#!) não é reconhecida
interpreter-missing = o programa “{ $program }” precisa de { $interpreter }, que não está instalado aqui
loader-missing = o programa “{ $program }” precisa de um carregador que não está instalado aqui: foi compilado para outro sistema
program-not-executable = não é possível executar o programa “{ $program }”: falta a permissão de execução
bound-not-listening = o socket está associado a { $at }, mas não escuta: faltou chamar listen
bound-not-listening-said = o socket está associado a { $at }, mas não escuta: faltou chamar listen; última saída: “{ $said }”
nothing-listens = o programa está rodando, mas não abriu nenhuma porta { $protocol } em { $ms } ms
nothing-listens-said = o programa está rodando, mas não abriu nenhuma porta { $protocol } em { $ms } ms; última saída: “{ $said }”
waits-without-port = o programa está rodando, mas não abriu nenhuma porta { $protocol }: ele só espera ({ $call })
waits-without-port-said = o programa está rodando, mas não abriu nenhuma porta { $protocol }: ele só espera ({ $call }); última saída: “{ $said }”
asks-on-stdin = o programa espera pela entrada padrão antes de abrir uma porta { $protocol }
asks-on-stdin-said = o programa espera pela entrada padrão antes de abrir uma porta { $protocol }; última saída: “{ $said }”
port-busy = outro programa já ocupa { $at } ({ $state }), por isso este não pôde ser testado
harness-trouble = não foi possível iniciar ou observar o servidor: { $problem }
never-started = o servidor não chegou a ser iniciado
exited-early = o programa terminou ({ $status }) antes de abrir a porta, sem imprimir nada
exited-early-said = o programa terminou ({ $status }) antes de abrir a porta; última saída: “{ $said }”
exited-address-in-use = o programa terminou ({ $status }): o endereço já está em uso; última saída: “{ $said }”
exited-address-not-here = o programa terminou ({ $status }): o endereço usado no bind não é desta máquina; última saída: “{ $said }”
address-bytes-swapped = o programa faz bind em { $address }, que é 127.0.0.1 com os bytes na ordem errada
exited-wants-terminal = o programa terminou ({ $status }): ele precisa de um terminal, que aqui não existe; saída: “{ $said }”
exited-wants-module = o programa terminou ({ $status }): precisa de um módulo, de uma biblioteca ou de uma ferramenta que não está na entrega nem instalada aqui; saída: “{ $said }”
exited-wants-windows = o programa terminou ({ $status }): precisa de um módulo que só existe no Windows; saída: “{ $said }”
program-not-here = o programa “{ $program }” não está instalado aqui
exited-wants-network = o programa terminou ({ $status }): usa um nome ou endereço que só existe em uma rede externa, ou que não existe (o nome da máquina está escrito corretamente?); saída: “{ $said }”
exited-by-fault = o programa terminou ({ $status }): { $fault ->
    [windows-headers] é escrito para Windows
    [windows] é escrito para Windows
    [byte-order-mark] contém uma marca de ordem de bytes (BOM)
    [utf-16] está salvo em UTF-16
    [encoding] não está salvo em UTF-8
    [python-2] é escrito para Python 2, mas é executado com Python 3
    [tabs] mistura tabulações e espaços na indentação
   *[line-endings] um script tem quebras de linha do Windows (CRLF)
}; saída: “{ $said }”
exited-other-system = o programa terminou ({ $status }): { $fault ->
    [windows-headers] ele foi escrito para Windows, e aqui os programas rodam em Linux; o que ajuda: os cabeçalhos do Linux (sys/socket.h, netinet/in.h, unistd.h) em vez de winsock2.h e windows.h, sem WSAStartup, e close em vez de closesocket
   *[windows] ele foi escrito para Windows, e aqui os programas rodam em Linux; o que ajuda: substituir o que só existe no Windows
}; saída: “{ $said }”
exited-permission = o programa terminou ({ $status }): permissão negada; última saída: “{ $said }”

hint-other-protocol = crie o socket do outro tipo: SOCK_STREAM é TCP, SOCK_DGRAM é UDP (em Java: ServerSocket, DatagramSocket)
    .c = crie o socket do outro tipo: socket(AF_INET, SOCK_STREAM, 0) é TCP, socket(AF_INET, SOCK_DGRAM, 0) é UDP
    .csharp = crie o socket do outro tipo: TcpListener é TCP, UdpClient é UDP
    .go = crie o socket do outro tipo: net.Listen("tcp", …) é TCP, net.ListenPacket("udp", …) é UDP
    .java = crie o socket do outro tipo: ServerSocket é TCP, DatagramSocket é UDP
    .lua = crie o socket do outro tipo: socket.tcp() e socket.bind() são TCP, socket.udp() é UDP
    .node = crie o servidor do outro tipo: net.createServer(…) é TCP, dgram.createSocket('udp4') é UDP
    .perl = crie o socket do outro tipo: Proto => 'tcp' é TCP, Proto => 'udp' é UDP (IO::Socket::INET->new)
    .php = crie o socket do outro tipo: socket_create(AF_INET, SOCK_STREAM, SOL_TCP) é TCP, socket_create(AF_INET, SOCK_DGRAM, SOL_UDP) é UDP
    .python = crie o socket do outro tipo: socket.SOCK_STREAM é TCP, socket.SOCK_DGRAM é UDP
    .ruby = crie o socket do outro tipo: TCPServer é TCP, UDPSocket é UDP
hint-program-missing = confira o nome e o caminho no comando, e se o programa está instalado aqui
hint-line-endings = salve o arquivo com quebras de linha do Unix (LF), no editor ou com dos2unix; um programa em Python também roda com python3 ARQUIVO
hint-interpreter-missing = indique na primeira linha um interpretador instalado aqui, ou execute o programa com ele (python3 server.py)
hint-loader-missing = compile o programa no Linux ou entregue o código-fonte
hint-windows-headers = use os cabeçalhos do Linux: sys/socket.h, netinet/in.h, arpa/inet.h e unistd.h no lugar de winsock2.h, windows.h e conio.h; retire WSAStartup e WSACleanup e chame close no lugar de closesocket
hint-windows = troque o que só existe no Windows: aqui o programa é executado no Linux
hint-byte-order-mark = salve o arquivo em UTF-8 sem BOM
hint-save-as-utf-8 = salve o arquivo em UTF-8
hint-python-2 = adapte o programa ao Python 3: print(...) com parênteses, input() no lugar de raw_input() e os novos nomes dos módulos (_thread, socketserver, queue)
hint-tabs = indente todas as linhas só com espaços (4 por nível); editores convertem tabulações
hint-program-not-executable = execute-o com o interpretador (python3 server.py, java Server) ou dê permissão de execução com chmod +x
hint-listen = chame listen depois do bind e, em seguida, accept
    .c = chame listen(s, 5) depois do bind e, em seguida, accept
    .lua = chame servidor:listen(5) depois de servidor:bind(…) e, em seguida, servidor:accept()
    .php = chame socket_listen($socket) depois de socket_bind e, em seguida, socket_accept
    .python = chame s.listen() depois de s.bind(…) e, em seguida, s.accept()
hint-nothing-listens = crie o socket, faça bind e (em TCP) listen logo no início
    .c = chame socket, bind com htons(porta) e (em TCP) listen logo no início, e confira o que cada um retorna (perror)
    .csharp = crie new TcpListener(IPAddress.Any, porta) e chame Start(), ou em UDP new UdpClient(porta), logo no início
    .go = chame net.Listen("tcp", …), ou em UDP net.ListenPacket("udp", …), com ":porta" logo no início
    .java = crie new ServerSocket(porta), ou em UDP new DatagramSocket(porta), logo no início
    .node = chame servidor.listen(PORTA), ou em UDP servidor.bind(PORTA), logo no início
    .python = crie o socket, chame s.bind((host, porta)) e (em TCP) s.listen() logo no início
hint-asks-on-stdin = defina a porta no código do programa ou nos argumentos, ou coloque em socklab.yaml o que deve ser digitado (stdin:)
hint-address-in-use = encerre o programa que ainda ocupa a porta e ative SO_REUSEADDR antes do bind
    .c = encerre o programa que ainda ocupa a porta e chame setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) antes do bind, com int on = 1
    .go = encerre o programa que ainda ocupa a porta e chame net.Listen uma única vez; ele já ativa SO_REUSEADDR
    .java = encerre o programa que ainda ocupa a porta e crie o ServerSocket uma única vez; no Linux ele já tem SO_REUSEADDR
    .node = encerre o programa que ainda ocupa a porta e chame listen uma única vez; o Node já ativa SO_REUSEADDR
    .perl = encerre o programa que ainda ocupa a porta e passe ReuseAddr => 1 a IO::Socket::INET->new
    .php = encerre o programa que ainda ocupa a porta e chame socket_set_option($socket, SOL_SOCKET, SO_REUSEADDR, 1) antes de socket_bind
    .python = encerre o programa que ainda ocupa a porta e chame s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1) antes de s.bind
hint-address-not-here = faça o bind em 127.0.0.1 ou 0.0.0.0, e não no endereço de outra máquina
hint-address-bytes = escreva htonl(INADDR_LOOPBACK), ou inet_addr("127.0.0.1") sem htonl em volta: os endereços em sockaddr_in ficam na ordem de bytes da rede, e inet_addr e inet_pton já os retornam assim
hint-permission = use uma porta acima de 1023: as menores exigem root
hint-exited = execute o mesmo comando no terminal e corrija o primeiro erro que aparecer

# Como um processo terminou; vai dentro de outras frases.
status-code = código de saída { $code }
status-signal = sinal { $signal }

# O processo do servidor.
still-running = o programa continua rodando
server-ended = o servidor terminou ({ $status }) quando ainda deveria estar atendendo
server-ended-said = o servidor terminou ({ $status }) quando ainda deveria estar atendendo; última saída: “{ $said }”
still-reads-keyboard = o outro lado fechou a conexão, mas o programa continua rodando: uma thread espera o teclado
no-zombies = todo processo filho que terminou foi esperado
no-leaks = o programa não tem mais descritores abertos do que antes ({ $descriptors })
threads = { $count ->
    [one] o programa tem 1 thread
   *[other] o programa tem { $count } threads
}
processes = { $count ->
    [one] o programa tem 1 processo
   *[other] o programa tem { $count } processos
}
zombies-left = { $count ->
    [one] 1 processo filho terminou e ninguém esperou por ele: ele fica como zumbi
   *[other] { $count } processos filhos terminaram e ninguém esperou por eles: eles ficam como zumbis
}
descriptors-left = os clientes saíram, mas o programa tem { $after } descritores abertos, e antes tinha { $before }
too-few-threads = o programa tem { $count } threads, e são exigidas pelo menos { $least }
too-many-threads = o programa tem { $count } threads, e são permitidas no máximo { $most }
too-few-processes = o programa tem { $count } processos, e são exigidos pelo menos { $least }
too-many-processes = o programa tem { $count } processos, e são permitidos no máximo { $most }
hint-reap-children = espere cada filho: chame waitpid(-1, …, WNOHANG) em um laço, em um tratador de SIGCHLD ou depois de cada accept; ou ignore SIGCHLD
    .c = chame while (waitpid(-1, 0, WNOHANG) > 0); em um tratador de SIGCHLD, ou signal(SIGCHLD, SIG_IGN) antes do primeiro fork
    .python = chame signal.signal(signal.SIGCHLD, signal.SIG_IGN) antes do primeiro fork, ou os.waitpid(-1, os.WNOHANG) em um laço depois de cada accept
    .perl = escreva $SIG{"{"}CHLD{"}"} = 'IGNORE' antes do primeiro fork, ou chame waitpid(-1, WNOHANG) em um laço
    .ruby = chame Process.detach(pid) depois de cada fork, ou trap("CLD", "IGNORE") antes do primeiro
    .php = chame pcntl_signal(SIGCHLD, SIG_IGN) antes do primeiro pcntl_fork, ou pcntl_waitpid(-1, $status, WNOHANG) em um laço
hint-close-descriptors = feche cada conexão e cada arquivo em todos os caminhos, também depois de um erro: procure os de cada cliente que nunca são fechados; depois de fork, o pai também fecha a conexão
hint-thread-for-each = inicie uma thread para cada cliente (ou um pool de threads) que o atenda, enquanto a thread principal aceita o próximo
hint-fewer-threads = atenda todos os clientes em uma só thread, com select, poll ou epoll
hint-more-processes = inicie com fork um processo filho para cada cliente, enquanto o pai aceita o próximo
hint-fewer-processes = atenda todos os clientes em um só processo, e encerre cada processo filho com exit quando o cliente dele sair
has-not-ended = o programa continua rodando, mas já deveria ter terminado
ended = o programa terminou como esperado ({ $status })
ended-otherwise = o programa deveria terminar com código de saída { $code }, mas terminou com: { $status }
ended-otherwise-said = o programa deveria terminar com código de saída { $code }, mas terminou com: { $status }; última saída: “{ $said }”
output-found = o programa imprimiu “{ $wanted }”
output-missing = o programa não imprimiu “{ $wanted }”; a saída dele termina com: “{ $said }”
output-too-long = o servidor imprimiu { $bytes } bytes, demais para guardar tudo; “{ $wanted }” não está na parte guardada
nothing-asked = a expectativa não diz qual saída procurar
within-limits = o servidor ficou dentro dos limites
cap-hit = { $cap ->
    [processes] o servidor criou processos ou threads demais e foi interrompido
    [memory] o servidor usou memória demais e foi interrompido
    [file-size] o servidor gravou um arquivo grande demais e foi interrompido
    [disk] o servidor usou todo o espaço em disco disponível para ele
    [cpu] o servidor usou tempo de CPU demais e foi interrompido
   *[other] o servidor ultrapassou um limite: { $cap }
}

hint-serve-for-ever = atenda dentro de um laço sem fim e trate os erros de cada cliente; exit() encerra o programa inteiro, também em uma thread, e no Node basta fechar o último servidor ou socket
    .c = atenda em um laço sem fim, for (;;) em volta de accept (ou recvfrom) e da resposta; um recv ou send que falha só fecha a conexão daquele cliente: exit() e o return de main encerram o programa inteiro
    .go = atenda em um for sem fim em volta de Accept (ou ReadFrom) e da resposta; log.Fatal, panic e os.Exit encerram o programa, mesmo em uma goroutine: depois do erro de um cliente, use return ou continue
    .java = atenda em um laço sem fim, while (true) em volta de accept (ou receive) e da resposta, com try e catch dentro do laço; System.exit() encerra o programa, mesmo em uma thread
    .node = mantenha o servidor aberto: server.close() e process.exit() o encerram, e um evento 'error' de um socket sem tratador encerra o programa inteiro (socket.on('error', …))
    .python = atenda em um laço sem fim, while True em volta de accept (ou recvfrom) e da resposta, com try e except para os erros de um cliente; sys.exit() e os._exit() encerram o programa
hint-end = saia do laço quando recv retornar vazio (o cliente fechou a conexão), feche os sockets e deixe o programa terminar
    .c = quando recv retornar 0 (o cliente fechou a conexão), saia do laço, chame close nos dois sockets e termine main com return
    .go = quando Read retornar io.EOF (o cliente fechou a conexão), saia do laço, feche conn e o listener e termine main com return
    .java = quando read retornar -1 (o cliente fechou a conexão), saia do laço, feche o Socket e o ServerSocket e deixe main terminar; um pool de threads precisa de shutdown()
    .node = chame server.close() no tratador de 'end' (o cliente fechou a conexão): o Node termina sozinho quando não resta nenhum socket nem temporizador
    .python = quando conn.recv retornar b'' (o cliente fechou a conexão), saia do laço, feche os dois sockets e deixe o programa chegar ao fim
hint-output = imprima exatamente esse texto e faça flush da saída logo depois
hint-cap = procure um laço que nunca termina: uma leitura vazia (0 bytes) significa que o cliente fechou a conexão

# Clientes que não conseguiram se conectar.
connection-refused = o cliente { $client } não conseguiu se conectar: conexão recusada (nada escuta ali)
connection-reset = o cliente { $client } não conseguiu se conectar: a conexão foi abortada (RST)
connection-late = o cliente { $client } não conseguiu se conectar a tempo: o lado do servidor não respondeu
connection-error = o cliente { $client } não conseguiu se conectar: { $problem }
ended-by-close = o cliente { $client } não conseguiu se conectar: a conexão foi fechada imediatamente
accept-queue-full = o cliente { $client } não conseguiu se conectar: a fila do accept está cheia ({ $waiting } esperando, backlog { $backlog })
nobody-connected = nenhum cliente se conectou, então não há conexão para examinar
nothing-was-sent = nenhum cliente enviou nada, então não há resposta para avaliar
too-few-connected = só { $count } de { $wanted ->
    [1] 1 cliente
   *[other] { $wanted } clientes
} { $count ->
    [1] se conectou
   *[other] se conectaram
}

hint-connect = mantenha o socket do servidor escutando na mesma porta enquanto clientes puderem se conectar
hint-backlog = chame accept dentro de um laço, ou passe um número maior para o listen, como listen(5)

# Respostas certas.
echo-right = { $clients ->
    [1] 1 cliente recebeu de volta exatamente o que enviou ({ $bytes } bytes)
   *[other] { $clients } clientes receberam de volta exatamente o que enviaram ({ $bytes } bytes)
}
upper-right = { $clients ->
    [1] 1 cliente recebeu em maiúsculas o que enviou ({ $bytes } bytes)
   *[other] { $clients } clientes receberam em maiúsculas o que enviaram ({ $bytes } bytes)
}
answered = { $clients ->
    [1] 1 cliente recebeu a sua resposta
   *[other] todos os { $clients } clientes receberam as suas respostas
}
reply-right = { $clients ->
    [1] 1 cliente recebeu a resposta esperada
   *[other] todos os { $clients } clientes receberam a resposta esperada
}
noted-only = só uma observação, não desconta pontos

# Sem resposta.
no-answer = o cliente { $client } enviou e não recebeu resposta
no-answer-late = o cliente { $client } enviou e não recebeu resposta em { $ms } ms
no-answer-silent = o cliente { $client } enviou dados e não recebeu resposta: o servidor só espera ({ $call })
reads-on = o servidor leu tudo o que o cliente { $client } enviou, não enviou nada de volta e espera mais dados dele ({ $call })
awaits-other-client = o servidor leu o que o cliente { $client } enviou, não enviou nada de volta e espera outro cliente (accept)
read-not-answered = o servidor leu tudo o que o cliente { $client } enviou, não enviou nada de volta e só espera ({ $call })
datagram-read-not-answered = o servidor leu o datagrama do cliente { $client }, não enviou nada de volta e espera o próximo ({ $call })
waits-for-keyboard = o cliente { $client } não recebe resposta: o servidor espera o teclado (entrada padrão)
standard-input-read = o cliente { $client } não recebe resposta: o servidor lê o descritor 0, a entrada padrão dele, e não a conexão
data-unread-silent = { $bytes } bytes do cliente { $client } não foram lidos: ainda estão na conexão, e o servidor espera em outro lugar ({ $call })
only-first-client = o cliente { $other } recebeu resposta, mas o cliente { $client } não, e nenhum cliente posterior recebe: os dados dele foram lidos e nada voltou
busy-and-unread = o servidor mantém um processador ocupado o tempo todo e não lê o que o cliente { $client } enviou
connection-not-watched = { $bytes } bytes do cliente { $client } não foram lidos: o servidor espera em { $call }, que não vigia a conexão, ou só a avisa uma vez (EPOLLET)
shared-connection = { $bytes } bytes do cliente { $client } não foram lidos: várias threads esperam dados do cliente { $other }, e nenhuma espera os do cliente { $client }
datagram-unread = o datagrama do cliente { $client } não foi lido: ainda está no socket, e o servidor espera em outro lugar ({ $call })
printed-not-sent = o servidor imprimiu o que o cliente { $client } enviou, mas não enviou nada de volta em { $ms } ms
printed-silent = o servidor imprimiu o que o cliente { $client } enviou, não enviou nada de volta e agora só espera ({ $call })
no-answer-closed = o cliente { $client } enviou, e o servidor fechou a conexão sem responder
no-answer-refused = o cliente { $client } não recebeu resposta: o socket do servidor já não existia
no-answer-error = o cliente { $client } enviou e não recebeu resposta: { $problem }
answer-from-elsewhere = a resposta ao cliente { $client } (“{ $got }”) veio de { $from }, e não do endereço para onde ele enviou

hint-no-answer = depois do recv, envie os dados de volta pela conexão que accept retornou
    .c = depois de n = recv(c, …), envie a resposta com send(c, buffer, n, 0) no descritor c que accept retornou
    .csharp = depois de Read, escreva a resposta em GetStream() do TcpClient que AcceptTcpClient retornou (ou Send no Socket de Accept)
    .go = depois de n, err := conn.Read(buffer), envie a resposta com conn.Write(…) na conn que Accept retornou
    .java = depois da leitura, escreva a resposta em getOutputStream() do socket que accept retornou
    .node = no tratador de 'data', envie a resposta com socket.write(…) no socket daquela conexão
    .python = depois de dados = conn.recv(1024), envie a resposta com conn.sendall(…) na conn que accept retornou
hint-printed-not-sent = imprimir só mostra os dados na tela do servidor: envie-os também de volta pela conexão logo depois de cada leitura (o que vem depois do laço, ou de uma cópia para a tela como io.Copy(os.Stdout, conn), só acontece quando o cliente termina) e esvazie o buffer do fluxo, se houver (flush)
    .c = printf só mostra os dados na tela do servidor: chame também send(c, buffer, n, 0) logo depois de cada recv, dentro do laço (o que vem depois dele só acontece quando o cliente termina)
    .cpp = std::cout só mostra os dados na tela do servidor: chame também send com a resposta logo depois de cada recv, dentro do laço (o que vem depois dele só acontece quando o cliente termina)
    .csharp = Console.WriteLine só mostra os dados na tela do servidor: escreva também a resposta no stream da conexão logo depois de cada Read, dentro do laço, com Flush() ou AutoFlush em um StreamWriter
    .go = fmt.Println e io.Copy(os.Stdout, conn) só mostram os dados na tela do servidor: chame conn.Write com a resposta logo depois de cada Read (io.Copy(conn, conn) faz as duas coisas em um eco)
    .java = System.out só mostra os dados na tela do servidor: escreva também a resposta em socket.getOutputStream() logo depois de cada leitura, dentro do laço, e chame flush() se o escritor tem buffer
    .node = console.log só mostra os dados na tela do servidor: chame também socket.write(…) com a resposta no tratador de 'data' (o de 'end' só executa quando o cliente termina)
    .perl = print sem handle só mostra os dados na tela do servidor: envie-os também pela conexão, print $cliente …, logo depois de cada leitura, dentro do laço
    .php = echo só mostra os dados na tela do servidor: chame também socket_write ou fwrite com a conexão logo depois de cada leitura, dentro do laço
    .python = print só mostra os dados na tela do servidor: envie também a resposta com conn.sendall(…) logo depois de cada recv, dentro do laço (o que vem depois do laço só acontece quando o cliente termina)
    .ruby = puts e print só mostram os dados na tela do servidor: chame também cliente.write(…) com a resposta logo depois de cada leitura, dentro do laço
hint-reads-on = envie a resposta depois de cada recv: não espere um buffer cheio, o fim de uma linha nem o fim da conexão, pois o cliente espera a resposta antes; se ele escreve por um buffer (PrintWriter, BufferedWriter, bufio, makefile), chame flush depois de cada resposta
    .c = envie a resposta depois de cada recv: não espere o buffer encher (MSG_WAITALL, fread), uma linha (fgets) nem recv retornar 0, pois o cliente espera a resposta antes
    .csharp = envie a resposta depois de cada Read: ReadLine, ReadToEnd e ReadExactly esperam mais, mas o cliente espera a resposta antes; chame Flush() em um StreamWriter ou ative AutoFlush
    .go = envie a resposta depois de cada Read: ReadString('\n'), bufio.Scanner, io.ReadAll e io.ReadFull esperam mais, mas o cliente espera a resposta antes; chame Flush() em um bufio.Writer
    .java = envie a resposta depois de cada read: readLine(), readFully e um laço até -1 esperam mais, mas o cliente espera a resposta antes; chame flush() em um PrintWriter ou BufferedWriter
    .lua = receive() espera uma linha, receive(n), n bytes, e receive("*a"), o fim, mas o cliente espera a resposta antes: depois de settimeout(0), use o terceiro resultado (partial)
    .node = envie a resposta no tratador de 'data': não espere uma linha ('line'), um certo tamanho nem 'end', pois o cliente espera a resposta antes
    .perl = envie a resposta depois de cada sysread ou recv: <$cliente> espera uma linha, e read, o tamanho inteiro, mas o cliente espera a resposta antes
    .php = envie a resposta depois de cada socket_read ou fread: fgets, PHP_NORMAL_READ e stream_get_contents esperam mais, mas o cliente espera a resposta antes
    .python = envie a resposta depois de cada recv: não espere um buffer cheio, uma linha (readline) nem o fim (b''), pois o cliente espera a sua resposta; depois de escrever em um makefile, chame flush()
    .ruby = envie a resposta depois de cada readpartial ou recv: gets espera uma linha, read(n), n bytes, e read, o fim, mas o cliente espera a resposta antes
hint-every-client = o que atende um cliente precisa valer para cada um: registre o tratador para toda conexão (on, e não once), deixe o laço seguir com o próximo cliente e não guarde em uma variável comum que o trabalho já foi feito
    .c = o que atende um cliente precisa valer para cada um: deixe o laço seguir com o próximo (sem break) e não guarde em uma variável global ou static que o trabalho já foi feito
    .go = o que atende um cliente precisa valer para cada um: deixe o laço seguir com o próximo (sem break nem sync.Once) e não guarde em uma variável comum que o trabalho já foi feito
    .java = o que atende um cliente precisa valer para cada um: deixe o laço seguir com o próximo (sem break depois do primeiro) e não guarde em um campo static ou comum que o trabalho já foi feito
    .node = o que atende um cliente precisa valer para cada um: registre os tratadores em toda conexão com on, e não once, e não guarde em uma variável fora deles que o trabalho já foi feito
    .python = o que atende um cliente precisa valer para cada um: deixe o laço seguir com o próximo (sem break nem return) e não guarde em uma variável global que o trabalho já foi feito
hint-busy-loop = procure um laço que espera por algo sem bloquear (while (x === null), while not pronto: pass): chame recv ali, que espera por si só; no Node e em outros laços de eventos, um laço assim também impede que qualquer evento seja tratado, por isso responda no tratador dos dados; uma leitura em um buffer de tamanho 0 também retorna na hora, sem nada (Go: make([]byte, 1024), e não var b []byte)
    .c = procure um laço que espera sem bloquear (while (!pronto);): chame recv ali, que espera por si só, com sizeof buffer como tamanho (com 0 ele retorna na hora)
    .go = procure um laço que espera sem bloquear (for !pronto, select com default): chame conn.Read ali, que espera por si só, com make([]byte, 1024): com tamanho 0 (var b []byte) ele retorna na hora
    .java = procure um laço que espera sem bloquear (while (x == null), while (!in.ready())): chame read ali, que espera por si só, com um buffer que não seja vazio (new byte[1024])
    .node = procure um laço que espera por algo (while (x === null)): enquanto ele executa, o Node não trata nenhum evento; retire-o e responda no tratador de 'data'
    .python = procure um laço que espera sem bloquear (while not pronto: pass): chame conn.recv(1024) ali, que espera por si só; em asyncio, um laço assim também impede qualquer outra corrotina (use await)
hint-watch-connection = ponha cada conexão aceita no conjunto, ou em uma posição só dela no vetor, antes de cada espera, e não sobrescreva a lista com o que select retorna; com EPOLLET, leia até que recv retorne EAGAIN
    .c = antes de cada espera, acrescente cada descritor aceito: FD_SET(c, &conjunto) no conjunto refeito, ou uma posição só dele no vetor de poll; com EPOLLET, leia até recv retornar EAGAIN
    .php = acrescente cada conexão aceita à sua lista antes do próximo socket_select e passe uma cópia, $leitura = $sockets: a chamada sobrescreve os arrays
    .python = acrescente cada conn aceita à lista passada a select antes da próxima chamada, e guarde o resultado em outra variável: prontos, _, _ = select.select(sockets, [], [])
    .ruby = acrescente cada conexão aceita à lista passada a IO.select antes da próxima chamada, e guarde o resultado em outra variável: prontos, = IO.select(sockets)
hint-accept-once = chame accept uma vez por cliente e, depois dele, repita recv e send em um laço interno até recv retornar vazio: com accept no mesmo laço, cada mensagem precisa de uma conexão nova
    .c = chame accept uma vez por cliente e, depois dele, repita recv e send em um laço interno até recv retornar 0: com accept no mesmo laço, cada mensagem precisa de uma conexão nova
    .csharp = chame AcceptTcpClient uma vez por cliente e, depois dele, repita Read e Write em um laço interno até Read retornar 0: com os dois em um só laço, cada mensagem precisa de uma conexão nova
    .go = chame Accept uma vez por cliente e, depois dele, repita Read e Write em um laço interno até Read retornar io.EOF: com Accept no mesmo laço, cada mensagem precisa de uma conexão nova
    .java = chame accept uma vez por cliente e, depois dele, repita read e write em um laço interno até read retornar -1: com accept no mesmo laço, cada mensagem precisa de uma conexão nova
    .php = chame socket_accept uma vez por cliente e, depois dele, repita socket_read e socket_write em um laço interno até vir '': em um só laço, cada mensagem precisa de uma conexão nova
    .python = chame accept uma vez por cliente e, depois dele, repita recv e sendall em um laço interno até recv retornar b'': com accept no mesmo laço, cada mensagem precisa de uma conexão nova
hint-awaits-other-client = envie a resposta antes do próximo accept e chame accept uma vez por cliente, fora do laço que recebe dele
hint-send-to = envie a resposta com sendto ao endereço que recvfrom devolveu e verifique o que sendto devolve
    .c = envie a resposta com sendto(s, buffer, n, 0, (struct sockaddr *)&cliente, len), com o endereço que recvfrom guardou, e confira o que ele retorna (perror)
    .go = envie a resposta com _, err := conn.WriteTo(resposta, addr), com o addr que ReadFrom retornou, e imprima err se não for nil
    .java = envie a resposta em um new DatagramPacket(resposta, resposta.length, packet.getAddress(), packet.getPort()) e imprima a exceção que send lançar
    .node = envie a resposta com servidor.send(resposta, rinfo.port, rinfo.address, (erro) => …) e imprima esse erro
    .python = envie a resposta com s.sendto(resposta, addr), com o addr que recvfrom retornou, e não esconda o erro dele (except: pass)
hint-waits-for-keyboard = este servidor deve responder sozinho: retire a chamada que lê do teclado (input, scanf, readLine da entrada padrão)
    .c = este servidor deve responder sozinho: retire scanf, getchar e fgets(…, stdin), que esperam pelo teclado
    .cpp = este servidor deve responder sozinho: retire std::cin e std::getline(std::cin, …), que esperam pelo teclado
    .csharp = este servidor deve responder sozinho: retire Console.ReadLine e Console.ReadKey, que esperam pelo teclado
    .go = este servidor deve responder sozinho: retire fmt.Scan e o que lê de os.Stdin (o teclado)
    .java = este servidor deve responder sozinho: retire o Scanner ou BufferedReader de System.in, que espera pelo teclado
    .node = este servidor deve responder sozinho: não espere por process.stdin nem readline (o teclado)
    .perl = este servidor deve responder sozinho: retire <STDIN>, que espera pelo teclado
    .php = este servidor deve responder sozinho: retire readline() e fgets(STDIN), que esperam pelo teclado
    .python = este servidor deve responder sozinho: retire input() e sys.stdin, que esperam pelo teclado
    .ruby = este servidor deve responder sozinho: retire o gets sem um socket na frente ($stdin.gets), que espera pelo teclado
hint-datagram-unread = chame recvfrom de novo no socket do bind depois de cada datagrama, com um buffer que não esteja vazio
hint-reset = leia tudo o que o cliente envia antes de fechar e confira se o programa não caiu: os dois casos geram RST
hint-refused = mantenha o socket aberto e receba dentro de um laço; confira se o programa não caiu
hint-answer-from-elsewhere = responda pelo mesmo socket que recebeu o datagrama, não por um novo

# Respostas diferentes da certa.
sent-to-all-clients = o cliente { $client } recebeu também as respostas a outros clientes: “{ $got }”
answer-of-another-client = o cliente { $client } recebeu a resposta de outro cliente (“{ $got }”): o servidor mistura os dados das conexões
answer-to-another-client = o cliente { $client } não recebeu nada: o servidor enviou a resposta dele ao cliente { $other }
upper-for-echo = o cliente { $client } recebeu os dados em maiúsculas (“{ $got }”), mas eles deveriam voltar sem alteração
echo-for-upper = o cliente { $client } recebeu os dados sem alteração (“{ $got }”), mas eles deveriam voltar em maiúsculas
lower-case = o cliente { $client } recebeu os dados em minúsculas (“{ $got }”)
decoded-as-text = bytes acima de 127 voltaram alterados para o cliente { $client } (“{ $got }”): o servidor os trata como texto
reversed = o cliente { $client } recebeu os dados de trás para frente (“{ $got }”)
answer-differs = o cliente { $client } recebeu “{ $got }” em vez de “{ $expected }”
reply-not-equal = o cliente { $client } recebeu “{ $got }”; esperado: “{ $wanted }”
reply-without = o que o cliente { $client } recebeu (“{ $got }”) não contém “{ $wanted }”
reply-does-not-match = o que o cliente { $client } recebeu (“{ $got }”) não casa com o padrão “{ $wanted }”

hint-only-to-sender = envie cada resposta só ao cliente que mandou os dados, e não a todos os clientes de uma lista
hint-answer-of-another-client = guarde os dados de cada conexão numa variável da própria conexão (ou thread)
    .c = guarde os dados de cada conexão em uma variável local da função que a atende, char buffer[1024], e não em uma global ou static
    .go = guarde os dados de cada conexão em uma variável local da função que a atende, e crie também o buffer ali, e não fora do laço que aceita
    .java = guarde os dados de cada conexão em uma variável local do método que a atende, e não em um campo static ou que as threads compartilham
    .node = guarde os dados de cada conexão em uma variável dentro do tratador da conexão (let ou const), e não em uma fora dele
    .python = guarde os dados de cada conexão em uma variável local da função que a atende (ou em um dict com conn como chave), e não em uma global
hint-own-connection = passe a conexão que accept retornou à thread ou função dela como argumento, por valor: o próximo accept altera uma variável que todas compartilham; uma tabela de clientes precisa de endereço e porta como chave (uma máquina tem vários clientes)
    .c = passe o descritor que accept retornou à thread dele por valor, (void *)(intptr_t)c, e não &c ou uma variável global: o próximo accept altera uma variável que todas compartilham
    .cpp = passe o descritor que accept retornou à thread dele por valor, std::thread(f, c) ou [c], e não [&] ou uma variável global: o próximo accept altera uma variável que todas compartilham
    .go = passe a conexão como argumento, go handle(conn): o próximo Accept altera uma variável fora do laço; um map de clientes precisa de endereço e porta como chave (RemoteAddr().String())
    .java = passe o socket ao construtor da thread dele, em um campo sem static: o próximo accept altera uma variável comum; uma tabela de clientes precisa de endereço e porta como chave
    .node = use o socket que é parâmetro do tratador da própria conexão, e não uma variável fora dele, que a próxima conexão altera; uma tabela de clientes precisa de endereço e porta como chave
    .python = passe a conexão como argumento, Thread(target=f, args=(conn,)): o próximo accept altera uma variável global; uma tabela de clientes precisa do addr inteiro (endereço e porta) como chave
    .ruby = passe a conexão como argumento, Thread.new(cliente), e use o parâmetro do bloco: o próximo accept altera uma variável que todas as threads compartilham
hint-roles-swapped = envie os dados de volta sem alteração; confira se os programas de dois papéis não estão trocados
hint-upper = converta os dados para maiúsculas antes de enviá-los de volta (upper, toUpperCase, toupper)
    .c = converta os dados para maiúsculas antes de enviá-los de volta: buffer[i] = toupper((unsigned char)buffer[i]) para cada i menor que n
    .csharp = converta os dados para maiúsculas antes de enviá-los de volta: texto = texto.ToUpper()
    .go = converta os dados para maiúsculas antes de enviá-los de volta: bytes.ToUpper(buffer[:n])
    .java = converta os dados para maiúsculas antes de enviá-los de volta: texto = texto.toUpperCase()
    .lua = converta os dados para maiúsculas antes de enviá-los de volta: dados:upper()
    .node = converta os dados para maiúsculas antes de enviá-los de volta: dados.toString().toUpperCase()
    .perl = converta os dados para maiúsculas antes de enviá-los de volta: uc($dados)
    .php = converta os dados para maiúsculas antes de enviá-los de volta: strtoupper($dados)
    .python = converta os dados para maiúsculas antes de enviá-los de volta: resposta = dados.upper()
    .ruby = converta os dados para maiúsculas antes de enviá-los de volta: dados.upcase
hint-bytes = envie de volta exatamente os bytes recebidos, sem convertê-los em texto no caminho (decode, new String)
    .c = envie de volta os n bytes exatamente como recv os guardou, sem retirar nem converter nenhum
    .csharp = envie de volta os primeiros n bytes do buffer exatamente como chegaram, sem GetString, StreamReader nem StreamWriter
    .go = envie de volta buffer[:n] exatamente como chegou, sem passar por runas ou letras isoladas
    .java = envie de volta os primeiros n bytes do buffer exatamente como chegaram, sem new String, Reader nem Writer
    .node = envie de volta o Buffer exatamente como chegou, sem toString(), setEncoding() nem texto + dados
    .python = envie de volta os bytes exatamente como recv os retornou, sem decode() nem encode()
    .ruby = envie de volta o texto exatamente como recv ou readpartial o retornou, sem encode, scrub nem force_encoding no caminho
hint-writes-after-end = quando recv retornar 0 (vazio), apenas feche: o cliente terminou. Um cliente que já fechou recusa o que se escreve para ele, e o próximo write derruba um programa em C com SIGPIPE, e causa uma exceção em outras linguagens
hint-exactly = compare o que o servidor envia com o que o item exige, byte a byte

# Respostas cortadas.
answer-cut = a resposta ao cliente { $client } está incompleta: só chegaram { $got } de { $of } bytes
answer-cut-by-close = o servidor fechou a conexão do cliente { $client } depois de { $got } de { $of } bytes da resposta
answer-cut-by-reset = a conexão do cliente { $client } foi abortada (RST) depois de { $got } de { $of } bytes da resposta
answer-cut-at-buffer = só { $got } de { $of } bytes de uma resposta chegaram ao cliente { $client }: exatamente o tamanho de um buffer de recepção
only-first-message = só a primeira mensagem do cliente { $client } foi respondida (recebidos: { $got } de { $of } bytes)
accepts-again = o servidor respondeu à primeira mensagem do cliente { $client }, depois espera outro cliente (accept) e deixa sem ler o que o cliente { $client } enviou em seguida
stops-after-messages = o servidor respondeu { $messages } mensagens do cliente { $client } e parou (recebidos: { $got } de { $of } bytes)
last-byte-missing = falta o último byte de uma resposta ao cliente { $client } (recebidos: { $got } de { $of } bytes)
last-byte-not-upper = o último byte de uma resposta ao cliente { $client } não está em maiúscula

hint-read-until-end = repita recv e send até recv retornar vazio: um recv pode retornar só uma parte
    .c = repita recv e send até recv retornar 0: um recv pode retornar só uma parte, seja qual for o tamanho do buffer
    .csharp = repita Read e Write até Read retornar 0: um Read pode retornar só uma parte, seja qual for o tamanho do buffer
    .go = repita Read e Write até Read retornar io.EOF: um Read pode retornar só uma parte, seja qual for o tamanho do buffer
    .java = repita read e write até read retornar -1: um read pode retornar só uma parte, seja qual for o tamanho do buffer
    .node = responda a cada evento 'data' (on, e não once) até vir 'end': um evento pode trazer só uma parte
    .php = repita socket_read (fread) e socket_write (fwrite) até vir '': uma chamada pode retornar só uma parte
    .python = repita recv e sendall até recv retornar b'': um recv pode retornar só uma parte, seja qual for o número passado
    .ruby = repita readpartial (ou recv) e write até o cliente fechar a conexão (EOFError, ou nil ou "" de recv): uma chamada pode retornar só uma parte
hint-loop = repita recv e send em um laço até recv retornar vazio (o cliente fechou a conexão) e só então feche (no Node: socket.write, e não socket.end)
    .c = repita recv e send em um laço, while ((n = recv(c, buffer, sizeof buffer, 0)) > 0), e chame close(c) só depois dele
    .csharp = repita Read e Write em um laço, while ((n = stream.Read(buffer, 0, buffer.Length)) > 0), e chame Close() só depois dele
    .go = repita Read e Write em um laço, n, err := conn.Read(buffer), saia dele se err != nil (io.EOF: o cliente fechou a conexão) e chame conn.Close() só depois dele
    .java = repita read e write em um laço, while ((n = in.read(buffer)) != -1), e feche o socket só depois dele
    .node = registre socket.on('data', …), e não once, e envie cada resposta com socket.write: socket.end encerra a conexão depois da primeira
    .perl = repita sysread e syswrite em um laço, while (sysread($cliente, $dados, 1024)), e feche $cliente só depois dele
    .php = repita socket_read e socket_write em um laço até socket_read retornar '' ou false (com streams: fread, fwrite, feof) e só então feche
    .python = repita recv e sendall em um laço: dados = conn.recv(1024), if not dados: break, e então envie a resposta; chame conn.close() só depois do laço
    .ruby = repita readpartial (ou recv) e write em um laço até o cliente fechar a conexão (readpartial lança EOFError, recv retorna nil ou "") e só então chame close
hint-last-byte = confira a contagem: o laço ou a fatia deve incluir o último byte (i < n, e não i < n - 1)
    .c = veja o que acontece com o último byte: buffer[n - 1] = 0 o sobrescreve (escreva buffer[n] = 0, em um buffer com espaço para n + 1), e um laço vai até i < n, e não i < n - 1; envie n bytes
    .go = veja o que acontece com o último byte: use buffer[:n], e não buffer[:n-1], e faça o laço ir até i < n
    .java = veja o que acontece com o último byte: um laço vai até i < n, substring(0, n) termina antes de n, e write(buffer, 0, n) envia n bytes
    .python = veja o que acontece com o último byte: dados[:-1] o deixa de fora, e range(n - 1) termina antes dele

# Respostas com algo a mais.
prefix = a resposta ao cliente { $client } começa com “{ $prefix }”, que não deveria estar ali
speaks-first = o cliente { $client } recebeu “{ $prefix }” antes de ter enviado qualquer coisa
newline-added = a resposta ao cliente { $client } termina com uma quebra de linha (“{ $extra }”) que ele não enviou
nul-after-answer = { $bytes ->
    [1] sobra 1 byte NUL depois da resposta ao cliente { $client }
   *[other] sobram { $bytes } bytes NUL depois da resposta ao cliente { $client }: o buffer inteiro foi enviado
}
answered-twice = o cliente { $client } recebeu a mesma resposta duas vezes (“{ $extra }”)
never-stops-sending = depois da resposta ao cliente { $client } o servidor continua enviando e nunca para
more-after-end = { $bytes ->
    [1] chegou 1 byte a mais depois que o cliente { $client } encerrou o lado dele: “{ $extra }”
   *[other] chegaram { $bytes } bytes a mais depois que o cliente { $client } encerrou o lado dele: “{ $extra }”
}

more-after-answer = { $bytes ->
    [1] sobra 1 byte depois da resposta ao cliente { $client }: “{ $extra }”
   *[other] sobram { $bytes } bytes depois da resposta ao cliente { $client }: “{ $extra }”
}

hint-prefix = envie só os dados; textos como “Eco:” devem aparecer apenas na tela
hint-speaks-first = não envie nada logo após o accept: espere primeiro os dados do cliente
hint-newline-added = envie com send ou write em vez de println ou puts, sem acrescentar nada
    .c = envie os n bytes que recv retornou sem acrescentar nada: sem "\n" por strcat, sprintf ou dprintf, e sem puts
    .csharp = use Write em vez de WriteLine, sem acrescentar nada: sem + "\n"
    .go = use conn.Write ou fmt.Fprint em vez de fmt.Fprintln, sem acrescentar nada: sem + "\n"
    .java = use write ou print (e flush()) em vez de println, sem acrescentar nada: out.write(buffer, 0, n)
    .node = envie só os dados, sem acrescentar nada: sem + '\n'
    .perl = use print $cliente $dados em vez de say, sem acrescentar nada: sem . "\n"
    .php = use socket_write ou fwrite só com os dados, sem acrescentar nada: sem . "\n" nem . PHP_EOL
    .python = envie só os dados, sem acrescentar nada: sem + "\n" e sem print(…, file=f), que acrescenta uma quebra de linha
    .ruby = use cliente.write ou cliente.print em vez de puts, sem acrescentar nada
hint-nul = envie só a quantidade de bytes que recv ou read retornou (Java: packet.getLength()), não o buffer inteiro
    .c = envie só a quantidade de bytes que recv ou recvfrom retornou: passe esse n a send ou sendto, e não sizeof buffer nem strlen + 1
    .csharp = envie só os n bytes que Read retornou, stream.Write(buffer, 0, n) e GetString(buffer, 0, n), e não buffer.Length
    .go = envie só os n bytes que Read ou ReadFrom retornou: buffer[:n], e não buffer
    .java = envie só os n bytes que read retornou, out.write(buffer, 0, n) ou new String(buffer, 0, n), e de um datagrama só packet.getLength(), e não buffer.length
    .node = escreva os próprios dados do evento 'data', e não um Buffer.alloc(…) de tamanho fixo para o qual foram copiados
    .python = envie só os bytes que chegaram: o que recv retornou, ou buffer[:n] depois de n = conn.recv_into(buffer), e não o buffer inteiro
hint-answered-twice = chame send exatamente uma vez para cada recv
    .go = chame Write exatamente uma vez para cada Read
    .java = escreva a resposta exatamente uma vez para cada read
    .node = registre socket.on('data', …) uma só vez por conexão e escreva cada resposta exatamente uma vez
    .python = chame sendall exatamente uma vez para cada recv

# Datagramas.
datagram-too-many = { $bytes ->
    [1] o cliente { $client } recebeu um datagrama a mais (1 byte): “{ $extra }”
   *[other] o cliente { $client } recebeu um datagrama a mais ({ $bytes } bytes): “{ $extra }”
}
datagrams-merged = o cliente { $client } enviou dois datagramas e recebeu uma só resposta para os dois: “{ $got }”
datagram-unanswered = { $missing ->
    [1] o cliente { $client } enviou um datagrama que ficou sem resposta ({ $bytes } bytes; respondidos: { $answered }): “{ $sent }”
   *[other] o cliente { $client } enviou { $missing } datagramas que ficaram sem resposta (respondidos: { $answered }); o primeiro deles ({ $bytes } bytes): “{ $sent }”
}
died-between-datagrams = { $answered ->
    [1] o servidor respondeu 1 datagrama do cliente { $client } e já não existia no seguinte ({ $bytes } bytes, { $missing } sem resposta): “{ $sent }”
   *[other] o servidor respondeu { $answered } datagramas do cliente { $client } e já não existia no seguinte ({ $bytes } bytes, { $missing } sem resposta): “{ $sent }”
}
died-on-empty-datagram = um datagrama vazio do cliente { $client } fez o servidor terminar: “{ $sent }”, enviado depois, ficou sem resposta
silent-after-empty-datagram = o servidor parou de responder depois de um datagrama vazio do cliente { $client }: “{ $sent }” ficou sem resposta

hint-one-answer = responda a cada datagrama com exatamente um: um sendto para cada recvfrom
    .csharp = responda a cada datagrama com exatamente um: um Send (SendTo) para cada Receive (ReceiveFrom)
    .go = responda a cada datagrama com exatamente um: um WriteTo para cada ReadFrom
    .java = responda a cada datagrama com exatamente um: um send para cada receive
    .node = responda a cada datagrama com exatamente um: um servidor.send em cada evento 'message'
hint-empty-datagram = não saia do laço ao receber um datagrama vazio: UDP não tem fim de fluxo, e 0 bytes é só uma mensagem vazia

# O fim de um fluxo.
ended-by-reset = a resposta ao cliente { $client } está correta, mas depois o servidor abortou a conexão (RST) em vez de fechá-la
stream-not-ended = a resposta ao cliente { $client } está correta, mas o servidor não fechou a conexão

hint-close = quando recv retornar vazio (0 bytes), saia do laço e feche o socket daquela conexão
    .c = quando recv retornar 0 (o cliente fechou a conexão), saia do laço (if (n <= 0) break;) e chame close(c)
    .csharp = quando Read retornar 0, ou ReadLine null (o cliente fechou a conexão), saia do laço e chame client.Close(), ou declare-o com using na função que o atende
    .go = quando Read retornar io.EOF (o cliente fechou a conexão), saia do laço e chame conn.Close(), ou escreva defer conn.Close() no começo da função que atende o cliente
    .java = quando read retornar -1, ou readLine() null (o cliente fechou a conexão), saia do laço e chame socket.close(), em finally ou com try (socket)
    .node = chame socket.end() no tratador de 'end', se allowHalfOpen estiver ativo: sem ele o Node fecha sozinho; 'end' só vem depois de todos os dados serem lidos ('data' ou resume())
    .perl = quando sysread retornar 0 (o cliente fechou a conexão), saia do laço e chame close($cliente)
    .php = quando socket_read retornar '' ou false (o cliente fechou a conexão), saia do laço e chame socket_close; com streams, fread, feof e fclose
    .python = quando conn.recv retornar b'' (o cliente fechou a conexão), saia do laço (if not dados: break) e chame conn.close()
    .ruby = quando recv retornar nil ou "", ou readpartial lançar EOFError (o cliente fechou a conexão), saia do laço e chame cliente.close, de preferência em ensure

# A tabela de sockets.
snapshot-not-taken = o snapshot “{ $name }” não chegou a ser feito
established = { $clients ->
    [1] 1 conexão está ESTABLISHED nas duas pontas
   *[other] { $clients } conexões estão ESTABLISHED nas duas pontas
}
not-established = a conexão do cliente { $client } não está ESTABLISHED nas duas pontas (cliente { $client_state }, servidor { $server_state })
note-served-at-once = o servidor { $clients ->
    [1] aceitou o cliente
   *[other] aceitou todos os { $clients } clientes ao mesmo tempo
}
note-fewer-rounds = lento: só { $rounds } de { $wanted } mensagens foram enviadas nesta série, que levou { $seconds } s; cada uma delas foi respondida
note-fewer-clients = só { $clients } de { $wanted } clientes se conectaram ao mesmo tempo: a fila do accept do próprio servidor (backlog { $backlog }) não comporta mais
note-one-after-another = { $accepted ->
    [1] o servidor atende um cliente de cada vez: aceitos: 1; esperando na fila do accept: { $waiting }
   *[other] o servidor atende alguns clientes ao mesmo tempo: aceitos: { $accepted }; esperando na fila do accept: { $waiting }
}
accepted = { $count ->
    [1] o servidor aceitou 1 conexão
   *[other] o servidor aceitou { $count } conexões
}
only-queued = o servidor aceitou só { $accepted } de { $wanted ->
    [1] 1 conexão
   *[other] { $wanted } conexões
}; na fila do accept: { $waiting }
not-accepted = { $count ->
    [1] 1 conexão espera na fila do accept
   *[other] { $count } conexões esperam na fila do accept
}
accepted-after-all = conexões que deveriam esperar na fila do accept: { $wanted }; esperando: { $waiting }; já aceitas: { $accepted }
served-at-once = o servidor aceitou todas as conexões enquanto estavam abertas ({ $accepted })
served-one-after-another = o servidor deveria atender todos os clientes ao mesmo tempo: aceitas: { $accepted }; esperando na fila do accept: { $waiting }
busy-with-client = o cliente { $client } não foi aceito: o servidor espera o cliente { $other } ({ $call }), e enquanto isso ninguém mais é atendido
left-in-accept-queue = o cliente { $client } não foi aceito: a conexão ainda está na fila do accept, e o servidor espera em outro lugar ({ $call })
listener-not-watched = o cliente { $client } não foi aceito: a conexão está na fila do accept, e o servidor espera em { $call }, que não vigia o socket de escuta
other-listener = o cliente { $client } não foi aceito: vários sockets do servidor escutam nesta porta, e a conexão está na fila de um em que ninguém chama accept
never-accepted = o servidor nunca aceitou o cliente { $client }: a conexão continua com o kernel ({ $state })
left-in-close-wait = o cliente { $client } já fechou, mas o servidor não fechou a sua ponta da conexão ({ $state })
spins-after-end = o cliente { $client } fechou a conexão, mas o servidor não fecha o seu lado nem espera: roda em um laço sem parar (busy loop) ({ $state })
left-established = a ponta do servidor na conexão do cliente { $client } continua aberta ({ $state })
server-closed = { $clients ->
    [1] o servidor fechou a sua ponta da conexão
   *[other] o servidor fechou a sua ponta das { $clients } conexões
}
client-closed-first = o cliente fechou primeiro
server-closed-first = o servidor fechou primeiro
closed-together = as duas pontas fecharam ao mesmo tempo
client-closed-first-wrong = o cliente { $client } fechou primeiro, mas quem deveria fechar primeiro era o servidor
server-closed-first-wrong = o servidor fechou primeiro a conexão do cliente { $client }, mas quem deveria fechar primeiro era o cliente
closed-by-reset = a conexão do cliente { $client } terminou com um RST, e não com um FIN de cada ponta (cliente { $client_state }, servidor { $server_state })
not-closed = a conexão do cliente { $client } não foi fechada pelas duas pontas (cliente { $client_state }, servidor { $server_state })
no-trace-of-closing = a conexão do cliente { $client } não existe mais, e não há registro de qual ponta fechou primeiro (cliente { $client_state }, servidor { $server_state })
peer-seen = a ponta do servidor em cada conexão mostra o endereço do cliente ({ $address })
peer-not-seen = nenhuma conexão no servidor mostra o endereço do cliente { $client } ({ $local })
connectionless = o socket UDP do servidor não tem endereço remoto: ele não mantém conexão
udp-connected = o socket UDP do servidor está conectado a um único endereço remoto ({ $peer }) e não recebe de outros clientes
still-listening = o servidor continua escutando em { $at }
no-longer-listening = o servidor está rodando, mas não escuta mais
still-bound = o socket UDP do servidor continua associado a { $at }
no-longer-bound = o servidor está rodando, mas o socket UDP dele não existe mais
ports-distinct = { $count ->
    [1] o cliente tem sua própria porta de origem ({ $ports })
   *[other] { $clients } clientes, { $count } portas de origem diferentes ({ $ports })
}
ports-shared = { $clients } clientes deveriam ter cada um a sua porta de origem, mas há { $count } ({ $ports })
one-server-port = todos os clientes estão conectados à mesma porta do servidor ({ $port })
several-server-ports = os clientes estão conectados a várias portas do servidor ({ $ports }), e não a uma só

hint-not-established = mantenha cada conexão aberta até o cliente fechá-la; não feche logo depois do accept
    .c = mantenha cada conexão aberta até o cliente fechá-la: chame close(c) só quando recv retornar 0, e não logo depois de accept ou da primeira resposta
    .go = mantenha cada conexão aberta até o cliente fechá-la: chame conn.Close() só quando Read retornar io.EOF, e não logo depois de Accept ou da primeira resposta
    .java = mantenha cada conexão aberta até o cliente fechá-la: chame socket.close() só quando read retornar -1, e não logo depois de accept ou da primeira resposta
    .node = mantenha cada conexão aberta até o cliente encerrá-la (evento 'end'): sem socket.end() nem socket.destroy() logo depois da conexão ou da primeira resposta
    .python = mantenha cada conexão aberta até o cliente fechá-la: chame conn.close() só quando recv retornar b'', e não logo depois de accept ou da primeira resposta
hint-accept = chame accept dentro de um laço, uma vez para cada cliente
    .c = chame accept em um laço, for (;;), uma vez para cada cliente: c = accept(s, NULL, NULL)
    .csharp = chame AcceptTcpClient() do TcpListener (ou Accept() do Socket) em um laço, while (true), uma vez para cada cliente
    .go = chame Accept do listener em um laço sem fim, uma vez para cada cliente: conn, err := listener.Accept()
    .java = chame accept() do ServerSocket em um laço, while (true), uma vez para cada cliente
    .python = chame accept em um laço, uma vez para cada cliente: while True: conn, addr = s.accept()
hint-watch-listener = mantenha o socket de escuta no conjunto antes de cada espera: não sobrescreva a sua lista com o que select retorna, nem use o mesmo fd_set de novo sem preenchê-lo; com EPOLLET, chame accept até que retorne EAGAIN
    .c = preencha o fd_set de novo antes de cada select (FD_ZERO, FD_SET(s, &conjunto)), pois select o sobrescreve; com poll, mantenha s no vetor; com EPOLLET, chame accept até retornar EAGAIN
    .php = passe a socket_select uma cópia da sua lista a cada vez, $leitura = $sockets, com o socket de escuta nela: a chamada sobrescreve os arrays
    .python = mantenha o socket de escuta na lista passada a select, e o resultado em outra variável: prontos, _, _ = select.select(sockets, [], []), e não sockets, _, _ = …
    .ruby = mantenha o socket de escuta na lista passada a IO.select, e o resultado em outra variável: prontos, = IO.select(sockets), e não sockets, = …
hint-accepted-after-all = atenda um cliente até o fim antes de chamar accept para o próximo
    .c = atenda um cliente até recv retornar 0 antes de chamar accept para o próximo, sem threads, fork nem select
    .csharp = atenda um cliente até Read retornar 0 antes de aceitar o próximo, sem threads nem Task.Run
    .go = atenda um cliente até Read retornar io.EOF antes de chamar Accept para o próximo: handle(conn) sem go
    .java = atenda um cliente até read retornar -1 antes de chamar accept para o próximo, sem threads nem pool
    .python = atenda um cliente até recv retornar b'' antes de chamar accept para o próximo, sem threads, select nem asyncio
hint-at-once = atenda cada conexão na sua própria thread, processo ou tarefa, ou todas com select
    .c = atenda cada conexão em uma thread (pthread_create) ou processo (fork) próprio depois de accept, ou todas com select, poll ou epoll
    .cpp = atenda cada conexão em uma thread própria, std::thread(f, c).detach() depois de accept, ou todas com select, poll ou epoll
    .csharp = atenda cada conexão em uma thread ou tarefa própria, Task.Run(() => Atender(client)) depois de AcceptTcpClient, sem esperar por ela (sem Wait() nem await)
    .go = atenda cada conexão em uma goroutine própria: escreva go handle(conn) depois de Accept, e não só handle(conn)
    .java = atenda cada conexão em uma thread própria, new Thread(() -> atender(socket)).start() depois de accept ou Executors.newCachedThreadPool(), ou todas com um Selector
    .lua = atenda todas as conexões com socket.select e chame settimeout(0) em cada uma
    .node = responda nos tratadores de cada conexão (net.createServer, socket.on('data', …)), sem um laço, um await ou uma fila que retenha os outros clientes
    .perl = atenda cada conexão em um processo próprio (fork) depois de accept, ou todas com IO::Select
    .php = atenda cada conexão em um processo próprio (pcntl_fork), ou todas com socket_select ou stream_select
    .python = atenda cada conexão em uma thread própria, Thread(target=f, args=(conn,)).start() depois de accept (socketserver: ThreadingTCPServer), ou todas com select ou asyncio
    .ruby = atenda cada conexão em uma thread própria, Thread.new(cliente) depois de accept, ou todas com IO.select
hint-keep-listening = feche só o socket do cliente (o que accept retornou); deixe aberto o socket do próprio servidor
    .c = feche só o descritor que accept retornou; deixe aberto, até o fim do servidor, o que socket retornou
    .csharp = feche só o TcpClient que AcceptTcpClient retornou; deixe o TcpListener aberto: sem Stop() depois de um cliente
    .go = feche só a conn que Accept retornou; deixe o listener aberto, com defer listener.Close() em main e em nenhum outro lugar
    .java = feche só o Socket que accept retornou; deixe aberto o ServerSocket (ou DatagramSocket), também no fim de um bloco try (…)
    .node = encerre só o socket do cliente, socket.end(); deixe o servidor aberto: sem servidor.close() depois de um cliente
    .python = feche só o socket do cliente, conn.close(); deixe aberto o do próprio servidor: sem s.close() dentro do laço, nem o fim de with s
hint-udp-connected = não chame connect no socket UDP do servidor: use recvfrom e sendto

# A história de uma execução, uma linha por fato.
story-listens = { $command } escuta em { $at } (processo { $pid }, backlog { $backlog })
story-bound = { $command } recebe em { $at } por UDP (processo { $pid })
story-started = { $command } foi iniciado (processo { $pid })
story-connected = { $clients ->
    [1] 1 cliente, porta de origem { $ports }
   *[other] { $clients } clientes, portas de origem { $ports }
}
story-sent-got = o cliente { $client } enviou “{ $sent }” ({ $sent_bytes ->
    [1] 1 byte
   *[other] { $sent_bytes } bytes
} ao todo), recebeu “{ $got }” ({ $got_bytes ->
    [1] 1 byte
   *[other] { $got_bytes } bytes
})
story-sent-nothing-came = o cliente { $client } enviou “{ $sent }” ({ $sent_bytes ->
    [1] 1 byte
   *[other] { $sent_bytes } bytes
} ao todo), não recebeu nada
story-silent = sem novos dados o servidor não pode fazer mais nada: ele espera em { $places }
story-silent-input = sem novos dados o servidor não pode fazer mais nada: ele espera por dados
story-unread = { $bytes ->
    [1] 1 byte do cliente { $client } está na conexão sem ter sido lido
   *[other] { $bytes } bytes do cliente { $client } estão na conexão sem terem sido lidos
}
story-ended = o servidor terminou: { $status }
story-typed = digitado: “{ $text }” ({ $bytes ->
    [1] 1 byte
   *[other] { $bytes } bytes
} ao todo)
story-connection = conexão { $client }: o programa enviou “{ $got }” ({ $got_bytes ->
    [1] 1 byte
   *[other] { $got_bytes } bytes
}){ $sent_bytes ->
    [0] {""}
    [1] {" "}e recebeu “{ $sent }” (1 byte)
   *[other] {" "}e recebeu “{ $sent }” ({ $sent_bytes } bytes)
}
story-program-silent = sem nova entrada o programa não pode fazer mais nada: ele espera em { $places }
story-program-silent-input = sem nova entrada o programa não pode fazer mais nada: ele espera dados
story-disturbed = o teste perturba as chamadas do programa, como o POSIX permite:{ $recv ->
    [none] {""}
   *[other] {" "}uma leitura retorna no máximo { $recv } bytes{ $send ->
        [none] {""}
       *[other] ,
    }
}{ $send ->
    [none] {""}
   *[other] {" "}uma escrita aceita no máximo { $send } bytes
}{ $eintr ->
    [0] {""}
   *[other] {" "}({ $eintr }% falham com EINTR)
}
story-program-ended-later = { $command } só terminou depois que o teste fechou as conexões: { $status }
story-program-ended = { $command } terminou: { $status }

output-nothing = o programa não imprimiu nada; esperado: “{ $wanted }”
state-gone = já não existe

nobody-closed = nenhum cliente havia fechado ainda
server-crashed = o servidor terminou ({ $status }) enquanto o cliente { $client } esperava a resposta
server-crashed-said = o servidor terminou ({ $status }) enquanto o cliente { $client } esperava a resposta; última saída: “{ $said }”
hint-crashed = corrija o último erro impresso e trate os erros causados por um cliente, para que os outros continuem sendo atendidos
    .c = corrija o último erro impresso; se recv ou send falhar em um cliente, feche a conexão dele e siga com os outros, sem exit
    .go = corrija o último erro impresso; depois do erro de um cliente, use return ou continue em vez de log.Fatal e panic, para que os outros continuem sendo atendidos
    .java = corrija o último erro impresso e ponha try e catch em volta do atendimento de cada cliente, dentro do laço, para que os outros continuem sendo atendidos
    .node = corrija o último erro impresso e registre socket.on('error', …) em cada conexão: sem isso, o erro de um cliente encerra o programa inteiro
    .python = corrija o último erro impresso e ponha try e except em volta do atendimento de cada cliente, para que o erro de um não deixe os outros sem serviço
hint-fix-mistake = esse erro é do próprio programa, na linha do seu arquivo que o rastro indica: corrija-o ali; capturá-lo só o esconderia
white-space-stripped = o espaço em branco no fim de uma mensagem do cliente { $client } está faltando na resposta
answers-out-of-order = as respostas ao cliente { $client } chegaram em uma ordem diferente da ordem das mensagens
story-elsewhere = testado: { $command }
story-not-started = não foi possível iniciar { $command }
note-address-given = o programa faz bind em { $address }, que esta máquina não tem; o socklab atribuiu esse endereço a ela nesta execução
reachable = associado a { $at }: acessível de outras máquinas
bound-to-loopback = o servidor está associado a { $at }: só a própria máquina consegue acessá-lo
bound-elsewhere = o servidor está associado a { $at }, que não é um endereço da máquina dele
hint-bind-outside = faça bind em "0.0.0.0" (todos os endereços da máquina) ou no endereço da própria máquina na rede, e não em 127.0.0.1 ou localhost
no-capture = os pacotes desta execução não foram capturados
packets-not-seen = os pacotes do cliente { $client } não estão na captura
handshake-seen = o handshake (SYN, SYN-ACK, ACK) { $clients ->
    [one] da conexão está
   *[other] de todas as { $clients } conexões está
} na captura
handshake-not-seen = o handshake do cliente { $client } (SYN, SYN-ACK, ACK) está incompleto na captura
hint-handshake = o kernel faz o handshake depois que o servidor chamou listen; veja os primeiros pacotes da conexão
data-acknowledged = houve dados nos dois sentidos com PSH, e todos foram confirmados
packets-no-answer = não há na captura dados do servidor para o cliente { $client }
hint-packets-no-answer = envie a resposta na conexão que accept retornou
packets-unacknowledged-client = dados do cliente { $client } não foram confirmados pela máquina do servidor
packets-unacknowledged-server = dados do servidor para o cliente { $client } não foram confirmados
packets-not-pushed = dados na conexão do cliente { $client } foram enviados sem a flag PSH
hint-packets-unacknowledged = abortar a conexão (RST) descarta os dados em trânsito: encerre-a com close
packets-other-answer = os pacotes do servidor para o cliente { $client } levam “{ $got }”, e não “{ $expected }”
hint-packets-other-answer = compare os dados dos pacotes nos dois sentidos: a resposta é o que foi enviado, em maiúsculas
orderly-close = houve FIN e ACK nos dois sentidos
packets-no-fin = o servidor não enviou FIN ao cliente { $client }: ele nunca fechou a conexão
packets-fin-unacknowledged = um FIN da conexão do cliente { $client } não foi confirmado
packets-reset-by-server = o lado do servidor encerrou a conexão do cliente { $client } com RST em vez de FIN
packets-reset-by-client = o servidor enviou dados ao cliente { $client } depois que ele já tinha fechado, e recebeu um RST
hint-late-data = quando recv retorna vazio, o cliente fechou a conexão: não envie mais nada depois da resposta, e feche
no-reset = nenhuma conexão foi abortada com RST
conversations-right = { $count ->
    [1] 1 conexão, com sua própria quádrupla (endereços e portas)
   *[other] { $count } conexões, cada uma com sua própria quádrupla (endereços e portas)
}, e { $ports ->
    [one] uma porta
   *[other] { $ports } portas
} do servidor
conversations-other = { $count ->
    [1] 1 conexão
   *[other] { $count } conexões
} com handshake completo na captura; esperado: { $wanted }
conversations-other-ports = o servidor tem { $ports ->
    [1] 1 porta
   *[other] { $ports } portas
} na captura; esperado: { $wanted_ports }
hint-conversations = um único socket que escuta aceita todas as conexões: elas têm em comum a porta do servidor e diferem na do cliente
only-port = filtrada pela porta do servidor, a captura tem esta conexão e nada mais
port-has-others = a porta { $port } do servidor também aparece em pacotes de { $from } para { $to }
hint-port-has-others = o servidor só precisa das conexões que aceita; ele não deve abrir nenhuma a partir dessa porta
no-handshake = o primeiro pacote de cada troca já leva os dados: não há conexão
handshake-over-udp = há pacotes TCP para a porta { $port }, onde se exige UDP
server-speaks-first = o servidor enviou um datagrama ao cliente { $client } antes que ele tivesse enviado algo
hint-datagrams = para cada datagrama: um recvfrom e depois um sendto com a resposta inteira
datagrams-right = { $exchanges } trocas, cada uma com um datagrama na ida e um na volta
datagrams-missing = o cliente { $client } enviou { $sent ->
    [1] 1 datagrama
   *[other] { $sent } datagramas
}; respostas na captura: { $back }
datagrams-too-many = o cliente { $client } enviou { $sent ->
    [1] 1 datagrama
   *[other] { $sent } datagramas
}, mas { $back } voltaram: mais de um para cada
datagram-length = o campo de comprimento de um datagrama é { $field }, mas ele leva { $payload } bytes (o campo deve ter 8 a mais)
sent-again = { $lost ->
    [1] 1 pacote se perdeu
   *[other] { $lost } pacotes se perderam
} no enlace, e o TCP retransmitiu { $again }
nothing-lost = nenhum pacote da conexão se perdeu no enlace
not-sent-again = { $lost ->
    [1] 1 pacote se perdeu
   *[other] { $lost } pacotes se perderam
}; retransmitidos: só { $again }
hint-not-sent-again = o TCP retransmite sozinho enquanto a conexão está aberta: não a feche cedo demais
datagrams-lost = { $lost ->
    [1] 1 datagrama se perdeu
   *[other] { $lost } datagramas se perderam
} no enlace (os clientes enviaram { $sent }), e nenhum foi enviado de novo
no-datagram-lost = { $lost } datagramas se perderam no enlace
datagram-sent-again = um datagrama entre o cliente { $client } e o servidor foi enviado mais de uma vez
hint-datagram-sent-again = o UDP não retransmite: responda uma vez a cada datagrama recebido
calls-right = as chamadas de sistema foram feitas nesta ordem: { $asked }
calls-unseen = o programa criou o socket de um modo que não pode ser observado (io_uring, ou um programa de 32 bits)
calls-missing = o programa nunca chamou { $call } (chamou: { $made }; exigido: { $asked })
calls-order = o programa chamou { $call } em outra ordem (chamou: { $made }; exigido: { $asked })
hint-calls = um servidor TCP chama socket, bind, listen e accept, nesta ordem
note-accept-unseen = a conexão foi aceita de um modo que não pôde ser observado

attacked-harness = o programa fez a chamada de sistema { $call } sobre um processo do socklab; a chamada foi negada, e a execução não chegou ao fim depois disso
hint-attacked-harness = retire a chamada: o programa não deve acessar processos que não são dele

# Programs that connect to socklab.
program-failed = o programa terminou com erro ({ $status }) e não imprimiu nada
program-failed-said = o programa terminou com erro ({ $status }): “{ $said }”
ended-before-connect = o programa terminou ({ $status }) { $protocol ->
    [UDP] sem enviar nenhum datagrama a { $at }
   *[TCP] sem se conectar a { $at }
}
ended-before-connect-said = o programa terminou ({ $status }) { $protocol ->
    [UDP] sem enviar nenhum datagrama a { $at }
   *[TCP] sem se conectar a { $at }
}; última saída: “{ $said }”
never-connects = o programa está rodando, mas { $protocol ->
    [UDP] não enviou nenhum datagrama a { $at }
   *[TCP] não se conectou a { $at }
}
connects-elsewhere = o programa se conecta a { $to }, e não a { $at }
connects = { $connections ->
    [one] o programa se conectou
   *[other] vieram { $connections } conexões
}
received-right = { $connections ->
    [one] o programa enviou o que se esperava
   *[other] o que se esperava veio por todas as { $connections } conexões
}
sent-nothing = o programa não enviou nada pela conexão { $client }; esperado: “{ $wanted }”
sent-unasked = o programa enviou “{ $got }” pela conexão { $client }, quando não devia enviar nada
sent-other = pela conexão { $client }, o programa enviou “{ $got }” em vez de “{ $wanted }”
sent-without = o que o programa enviou pela conexão { $client } não contém “{ $wanted }”; ele enviou: “{ $got }”
sent-does-not-match = o que o programa enviou pela conexão { $client } não segue o padrão { $wanted }; ele enviou: “{ $got }”
trace-printed = o programa não trata este erro e mostra o rastro dele ao usuário: “{ $said }”
output-forbidden = o programa imprimiu “{ $line }”, e nada que combine com { $pattern } pode ser impresso
hint-end-program = quando o trabalho acabar, a entrada padrão terminar ou o outro lado fechar a conexão (recv retorna vazio), saia do laço, feche o socket e deixe o programa terminar
hint-exit-program = encerre o programa inteiro onde a leitura encontra o fim da conexão, mesmo que outra thread espere o teclado
    .python = chame os._exit(0) onde recv retorna b"": sys.exit ali encerra só a própria thread
    .java = chame System.exit(0) onde a leitura retorna -1 ou null: um return encerra só a própria thread
    .go = chame os.Exit(0) onde Read retorna io.EOF: um return encerra só a própria goroutine
    .c = chame exit(0) onde recv retorna 0: return e pthread_exit encerram só a própria thread
    .node = chame process.exit(0) no tratador de 'end' ou 'close': a entrada padrão mantém o programa rodando
    .csharp = chame Environment.Exit(0) onde a leitura retorna 0 ou null: um return encerra só a própria thread
    .ruby = chame exit!(0) onde a leitura retorna nil: exit encerra só a própria thread
hint-shutdown-first = chame shutdown antes de close: close não envia nada enquanto outra thread está em uma chamada no mesmo socket, e shutdown encerra essa chamada
    .python = chame s.shutdown(socket.SHUT_RDWR) antes de s.close(): close() não envia nada enquanto outra thread está em s.recv, e shutdown encerra essa chamada
    .c = chame shutdown(s, SHUT_RDWR) antes de close(s): close não envia nada enquanto outra thread está em recv(s, …), e shutdown encerra essa chamada
hint-connect-to = conecte-se ao endereço e à porta que o programa recebe como argumentos, e a nenhum outro endereço
hint-send-request = envie a mensagem pelo socket conectado, inteira e com o fim de linha, se houver, e faça flush se o fluxo tiver buffer
hint-send-nothing = não envie nada aqui: quem fala agora é o outro lado
hint-send-exactly = envie exatamente os bytes que o protocolo pede: sem prompt, sem outro fim de linha e sem NUL no final
hint-catch-error = trate o erro onde ele pode acontecer, imprima uma mensagem curta e termine com um código de erro
    .python = coloque a chamada em try: … e, depois de except OSError as error:, imprima uma mensagem e chame sys.exit(1)
    .java = coloque a chamada em try { "{" } … { "}" } catch (IOException erro) { "{" } imprima uma mensagem, System.exit(1) { "}" }
    .go = confira err != nil depois da chamada, imprima com fmt.Fprintln(os.Stderr, err) e chame os.Exit(1); não chame panic
    .node = trate o evento 'error' do socket: imprima uma mensagem e chame process.exit(1)
    .rust = use match no Result em vez de unwrap ou expect, imprima o erro com eprintln! e chame std::process::exit(1)
    .ruby = coloque a chamada em begin … rescue SystemCallError => error, imprima uma mensagem e chame exit 1
    .csharp = coloque a chamada em try { "{" } … { "}" } catch (SocketException erro) { "{" } imprima uma mensagem, Environment.Exit(1) { "}" }
hint-not-printed = remova essa saída ou imprima-a só no caso a que ela se destina
output-without = o programa não imprimiu nada que siga o padrão { $pattern }
sent-late = pela conexão { $client }, o programa enviou o que se esperava, mas só depois de receber mais entrada
hint-send-at-once = envie cada mensagem antes de esperar a próxima entrada e faça flush se o fluxo tiver buffer
left-unread = { $bytes ->
    [1] 1 byte que veio pela conexão { $client } continua sem ser lido: o programa espera outra coisa
   *[other] { $bytes } bytes que vieram pela conexão { $client } continuam sem ser lidos: o programa espera outra coisa
}
all-read = o programa leu tudo o que veio { $connections ->
    [one] pela conexão dele
   *[other] pelas { $connections } conexões dele
}
hint-read-while-typing = leia do socket também enquanto o programa espera o teclado: em uma thread própria, ou com select ou poll nos dois
    .python = leia do socket em uma thread própria (threading.Thread(target=…, daemon=True).start()) enquanto a thread principal chama input, ou use select.select([sys.stdin, s], [], [])
    .c = chame poll (ou select) no descritor 0 e no socket e leia do que estiver pronto; ou leia do socket em uma thread própria (pthread_create)
    .java = leia do socket em uma thread própria (new Thread(…).start()) enquanto a thread principal lê System.in
    .go = leia da conexão em uma goroutine própria (go func() { "{" } … { "}" }()) enquanto main lê os.Stdin
    .node = registre socket.on('data', …) antes de ler de process.stdin e leia este também com on('data', …) ou readline
ended-without-error = o programa deveria terminar com código de saída diferente de 0, pois não conseguiu fazer o trabalho, mas terminou com: { $status }
ended-without-error-said = o programa deveria terminar com código de saída diferente de 0, pois não conseguiu fazer o trabalho, mas terminou com: { $status }; última saída: “{ $said }”
sent-without-ending = o programa enviou a linha “{ $line }” pela conexão { $client } sem o fim de linha (\n)
hint-report-error = depois de um erro que encerra o programa, imprima-o e termine com um código diferente de 0
    .python = depois de um erro que encerra o programa, imprima-o e chame sys.exit(1)
    .c = depois de um erro que encerra o programa, imprima-o com perror e retorne 1 em main
    .java = depois de um erro que encerra o programa, imprima-o e chame System.exit(1)
    .go = depois de um erro que encerra o programa, imprima-o e chame os.Exit(1)
    .node = depois de um erro que encerra o programa, imprima-o e chame process.exit(1)
hint-end-lines = envie "\n" depois de cada linha: as funções que leem uma linha do teclado o removem
    .python = envie a linha e "\n": s.sendall((linha + "\n").encode()), pois input() remove o fim de linha
    .java = envie a linha e "\n" (PrintWriter: println e flush), pois readLine remove o fim de linha
    .node = envie linha + '\n', pois readline remove o fim de linha
    .go = envie a linha e "\n" (fmt.Fprintln), pois Scanner remove o fim de linha
only-first-lines = pela conexão { $client } só { $got ->
    [one] veio a primeira linha
   *[other] vieram as { $got } primeiras linhas
} das { $of } que deviam ser enviadas
awaits-reply = o programa espera dados da conexão { $client } ({ $call }) em vez de ler e enviar o que foi digitado
closed-while-reading = o programa chamou close, mas a conexão { $client } continua aberta: outra thread ainda espera em { $call }
never-closes = o programa não fechou a conexão { $client }
connects-by-other = o programa usa { $found }, mas o exigido é { $wanted }
closes = { $connections ->
    [one] o programa fechou a conexão dele
   *[other] o programa fechou as { $connections } conexões dele
}
hint-loop-over-input = leia e envie em um laço, até a entrada digitada terminar
hint-other-transport = crie um socket do outro tipo: SOCK_STREAM é TCP, SOCK_DGRAM é UDP (Java: Socket, DatagramSocket)
uncaught-error = um erro do programa não foi tratado: “{ $said }”
hint-whole-lines = uma letra pode chegar cortada em duas partes: junte os bytes até vir “\n” e decodifique só linhas inteiras
file-absent = não há arquivo “{ $path }”
file-right = o arquivo “{ $path }” está correto ({ $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
})
file-not-written = o programa não gravou o arquivo “{ $path }”
written-not-regular = “{ $path }” não é um arquivo comum
written-too-large = o arquivo “{ $path }” tem { $bytes } bytes, mais do que se compara
file-unwanted = existe um arquivo “{ $path }”, que não devia ser gravado
file-empty = o arquivo “{ $path }” está vazio em vez de ter { $of } bytes
file-cut = o arquivo “{ $path }” termina depois de { $got } dos { $of } bytes
file-differs = o arquivo “{ $path }” tem outro conteúdo: { $got } bytes em vez de { $of }, ou outros bytes
file-without = o arquivo “{ $path }” não contém “{ $wanted }”; ele começa com: “{ $got }”
file-has = o arquivo “{ $path }” contém “{ $text }”, que não faz parte dele
file-other-hash = o arquivo “{ $path }” ({ $bytes } bytes) tem um SHA-256 diferente do exigido
file-not-empty = o arquivo “{ $path }” tem { $bytes } bytes, mas devia estar vazio
hint-write-file = grave os dados recebidos em um arquivo com esse nome na pasta de trabalho
hint-write-received = abra o arquivo em modo binário e grave exatamente os bytes que fazem parte dele: sem cabeçalho, sem conversão de texto, nada em dobro
    .python = abra o arquivo com open(caminho, "wb") e grave exatamente os bytes que fazem parte dele: sem cabeçalho, sem decode, nada em dobro
    .java = grave com um FileOutputStream (sem Writer nem PrintWriter): write(buffer, 0, n) com o n que read retornou
    .c = grave com fwrite(buffer, 1, n, arquivo) ou write(fd, buffer, n), em que n é o que recv retornou, e não com fputs ou fprintf
hint-close-file = receba até vir o arquivo inteiro (o tamanho dele ou o fim da conexão), não uma vez só, e feche o arquivo antes de o programa terminar
hint-no-file = crie o arquivo só quando os dados dele vierem
closes-early = o programa fechou a conexão { $client } antes do fim da entrada dele
closed-unread-connection = o programa já tinha fechado a conexão { $client } antes de poder ler os dados que vieram
hint-stay-connected = deixe a conexão aberta e leia dela em um laço, até recv retornar vazio ou a entrada digitada terminar
output-near = o programa não imprimiu “{ $wanted }”; a linha mais parecida que ele imprimiu: “{ $line }”
awaits-more = o programa ainda esperava em { $call } dados da conexão { $client } depois de todos terem sido enviados
part-line-other = a linha “{ $got }” veio pela conexão { $client } em vez de “{ $wanted }”
part-line-unlike = a linha “{ $got }” veio pela conexão { $client } e não segue o padrão { $wanted }
part-line-unended = a linha “{ $line }” na conexão { $client } não termina com \n
part-line-missing = os dados vieram pela conexão { $client } sem a linha “{ $line }” antes deles
part-size-other = a linha “{ $line }” na conexão { $client } informa outro tamanho que os { $bytes } bytes dos dados
part-size-in-characters = a linha “{ $line }” na conexão { $client } informa o número de caracteres; os dados têm { $bytes } bytes
part-data-cut = { $got ->
    [0] nenhum dos { $of } bytes dos dados veio
    [1] só 1 dos { $of } bytes dos dados veio
   *[other] só { $got } dos { $of } bytes dos dados vieram
} pela conexão { $client }
part-data-cut-at-nul = os dados na conexão { $client } terminam antes do primeiro byte zero do arquivo: { $got } de { $of } bytes
part-data-decoded = os dados na conexão { $client } não são os bytes do arquivo: bytes a partir de 128 foram decodificados como texto
part-data-newlines = os dados na conexão { $client } têm outros fins de linha que o arquivo: ele foi lido ou escrito em modo texto
part-data-other = os dados na conexão { $client } não são o conteúdo do arquivo: vieram { $got } bytes, ele tem { $of }
part-extra = { $bytes ->
    [1] 1 byte que não faz parte dos dados veio
   *[other] { $bytes } bytes que não fazem parte dos dados vieram
} pela conexão { $client }: “{ $extra }”
part-missing = nada veio pela conexão { $client } onde se esperava “{ $wanted }”
part-closed = o programa fechou a conexão { $client } antes de enviar “{ $wanted }”
file-decoded = o arquivo “{ $path }” não tem os bytes que foram enviados: bytes a partir de 128 foram decodificados como texto
file-newlines = o arquivo “{ $path }” tem outros fins de linha que os dados enviados: ele foi gravado em modo texto
file-cut-at-nul = o arquivo “{ $path }” termina antes do primeiro byte zero dos dados: { $got } de { $of } bytes
file-extra = o arquivo “{ $path }” tem { $bytes ->
    [1] 1 byte que não faz parte dele
   *[other] { $bytes } bytes que não fazem parte dele
}: “{ $extra }”
file-begins-late = falta o começo do arquivo “{ $path }”: ele só tem os últimos { $got } de { $of } bytes
hint-keep-rest = o que recv retorna pode conter o fim da linha e os primeiros bytes dos dados: guarde os bytes depois do \n, eles fazem parte do arquivo
hint-stop-at-size = a conexão fica aberta, então o fim dela não encerra os dados: conte os bytes recebidos, também os que vieram junto com a linha, e pare no tamanho que a linha informa
hint-part-line = envie a linha exatamente como o protocolo a define: a palavra, um espaço, o valor e mais nada
hint-part-line-end = termine a linha com um \n antes de os dados começarem
hint-part-size = o tamanho é o número de bytes do arquivo, não de caracteres: obtenha-o do sistema de arquivos ou dos bytes lidos em modo binário
    .python = obtenha o tamanho com os.path.getsize(caminho) ou com len(dados) dos bytes que open(caminho, "rb") leu
    .java = obtenha o tamanho com Files.size(caminho) ou do comprimento do byte[] lido, não de String.length()
    .node = obtenha o tamanho do comprimento de um Buffer (fs.readFileSync(caminho) sem encoding), não de uma string
hint-part-send-all = leia e envie tudo: send pode aceitar só uma parte, e read pode retornar só uma parte (use sendall ou laços), e não feche antes
hint-part-byte-count = strlen, %s e as outras funções de texto param em um byte zero: envie tantos bytes quantos fread ou read retornou
hint-part-exactly = envie depois da linha exatamente os bytes do arquivo, tantos quantos a linha diz: sem outro fim de linha, sem NUL, nada em dobro
hint-part-next = a conexão fica aberta: depois de cada resposta, leia a próxima requisição em um laço, mesmo que ela tenha vindo junto com a anterior, e só feche quando recv retornar vazio
