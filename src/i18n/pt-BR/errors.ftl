# Dicas para erros conhecidos que os programas imprimem.

hint-await-missing = escreva await antes da chamada que deu este valor (dados = await reader.read(1024)): sem ele existe só uma corrotina, que ainda não foi executada
hint-bind-flag = passe as flags para UDP, stream_socket_server($url, $errno, $errstr, STREAM_SERVER_BIND): sem elas a chamada também faz listen, que só existe em TCP
hint-start-listener = chame Start() no TcpListener antes do primeiro AcceptTcpClient ou AcceptSocket: só então ele faz bind e listen
hint-port-number = a porta é um número de 1 a 65535 e vem antes do endereço: send(dados, porta, endereço), listen(porta, host)
hint-file-there = o programa abre um arquivo que não existe ali: entregue-o com o programa e escreva o nome com as mesmas letras maiúsculas e sem um caminho da sua máquina (o Linux distingue Config.txt de config.txt)
hint-closed-in-select = um socket fechado ainda está em uma das listas de select: retire-o de todas antes de fechá-lo
hint-still-registered = chame unregister para a conexão antes de fechá-la: o próximo cliente recebe o mesmo número de descritor
hint-text-for-bytes = sockets transportam bytes, e não texto: texto.encode() produz os bytes para send, e dados.decode() transforma em texto o que recv retornou
hint-address-pair = um endereço é um par, com parênteses próprios: bind((host, porta)); em sendto, passe o que recvfrom retornou (em asyncio, o segundo argumento de sendto)
hint-two-values = accept e recvfrom retornam dois valores, nesta ordem: conn, addr = s.accept(); dados, addr = s.recvfrom(1024); recv retorna só os dados; em um tratador UDP de socketserver, dados, s = self.request
hint-argument-tuple = os argumentos de uma thread são uma tupla: escreva args=(conn,), com a vírgula; (conn) é só conn
hint-thread-arguments = essa função é chamada com um número de argumentos diferente do que ela recebe: args de uma thread é uma tupla (args=(conn,), com a vírgula), e métodos recebem self primeiro
hint-not-always-text = nem tudo o que chega é texto: uma letra pode vir partida em dois pedaços, e os dados podem ser bytes quaisquer; devolva os bytes como vieram, sem decodificá-los; para maiúsculas, bytes.upper() muda só as letras ASCII
    .python = nem tudo o que chega é texto, e uma letra pode vir partida entre duas chamadas de recv: devolva os bytes sem decode(); para maiúsculas, dados.upper() nos bytes muda só as letras ASCII
    .ruby = nem tudo o que chega é texto: devolva os dados como vieram, sem force_encoding; para maiúsculas, dados.b.upcase aceita quaisquer bytes e muda só as letras ASCII
hint-declare-global = uma função que atribui a uma variável global precisa da linha: global NOME
hint-empty-value = uma variável está vazia nessa linha (None, null, nil, undefined): veja onde ela recebe o valor; readLine, gets e semelhantes retornam isso quando o cliente termina
hint-bang-method = um valor é nil aqui: um método com ponto de exclamação (upcase!, strip!, chomp!) retorna nil quando não tem nada a mudar, então escreva upcase, strip ou chomp; gets e read retornam nil quando o cliente encerrou
hint-host-is-address = o host passado aqui não é um endereço: passe o endereço que recvfrom ou accept retornou, primeiro o host e depois a porta
hint-client-arguments = passe primeiro o host e depois a porta, e a porta como número: o primeiro argumento do programa é o endereço, o segundo é a porta
    .python = o primeiro argumento é o endereço, o segundo é a porta: host, port = sys.argv[1], int(sys.argv[2]), e depois connect((host, port))
    .java = o primeiro argumento é o endereço, o segundo é a porta: new Socket(args[0], Integer.parseInt(args[1]))
    .c = o primeiro argumento é o endereço (argv[1]), o segundo é a porta (argv[2])
    .node = o primeiro argumento é o endereço (process.argv[2]), o segundo é a porta: net.connect(port, host)
    .go = o primeiro argumento é o endereço, o segundo é a porta: net.Dial("tcp", net.JoinHostPort(os.Args[1], os.Args[2]))
hint-integer-port = a porta precisa ser um número: int(porta), também quando vem de sys.argv, input() ou do ambiente
hint-unknown-name = esse nome não é conhecido nessa linha: confira a grafia, o import, o tipo do objeto e se nenhum arquivo seu tem o nome de um módulo
hint-changed-in-loop = a coleção muda enquanto um laço a percorre: percorra uma cópia (list(clientes)) ou proteja-a com um lock
hint-no-key-waited = accept retornou null porque nenhuma conexão esperava: retire cada chave de selectedKeys() depois de tratá-la (iterator.remove())
hint-pool-shut-down = o pool de threads foi encerrado antes dessa tarefa: shutdown() fica depois do laço que aceita, e não dentro dele
hint-started-twice = uma thread só pode ser iniciada uma vez: crie uma nova para cada cliente
hint-end-as-count = a leitura retornou -1 porque o cliente terminou: confira a quantidade antes de usá-la e saia do laço
hint-out-of-range = isso passa do fim dos dados que chegaram: uma mensagem pode ser menor que o esperado, então use a quantidade que a leitura retornou
hint-thread-destroyed = um std::thread foi destruído enquanto ainda executava: chame detach() nele, ou guarde-o e faça join() depois
hint-freed-twice = a mesma memória foi liberada duas vezes, ou não veio de malloc: libere-a uma única vez, depois do último uso
hint-end-is-no-error = isso só quer dizer que um cliente terminou: saia do laço dele e feche a conexão, sem encerrar o programa (exit, log.Fatal, panic)
    .go = io.EOF só quer dizer que um cliente terminou: saia com return da função que o atende e feche a conn, sem log.Fatal, panic nem os.Exit
    .java = EOFException só quer dizer que um cliente terminou: capture-a para esse cliente, saia do laço dele e feche o socket, sem encerrar o programa (System.exit)
    .python = isso só quer dizer que um cliente terminou: trate o erro na função que o atende, saia do laço dele e feche a conexão, sem encerrar o programa (sys.exit)
    .ruby = EOFError só quer dizer que um cliente terminou: escreva rescue EOFError no método que o atende, saia do laço dele e feche a conexão, sem exit
hint-make-map = crie o map com make antes de colocar algo nele
hint-closed-channel = o canal já está fechado: só a goroutine que envia o fecha, uma única vez, depois do último envio
hint-not-held = só a thread que tem o lock o libera, uma vez para cada vez que o pegou
hint-all-wait = todas as threads esperam umas pelas outras: libere cada lock em todos os caminhos, e deixe outra thread retirar do canal ou da fila
hint-address-text = o endereço é um texto com host e porta, como "127.0.0.1:65432" ou ":65432"; um número vira texto com strconv.Itoa ou fmt.Sprintf, e não com string()
hint-write-after-end = a conexão foi encerrada (end, destroy) antes dessa escrita: encerre-a só quando o cliente encerrar
hint-socket-closed-early = o socket foi fechado antes dessa chamada: um servidor o mantém aberto, também depois de uma resposta
hint-text-or-buffer = write e send recebem um texto ou um Buffer, e não um número ou objeto: converta com String() ou JSON.stringify()
hint-not-a-number = o que um cliente envia nem sempre é um número: a resposta precisa dos dados como vieram, então não os converta
hint-set-non-blocking = chame configureBlocking(false) no canal antes de registrá-lo em um selector
hint-cancelled-key = o canal da chave foi fechado: passe à próxima chave logo depois de fechar uma (continue) e confira isValid()
hint-flip-buffer = um ByteBuffer precisa de flip() antes de escrever o que foi lido, e de clear() ou compact() antes da próxima leitura
hint-plain-bytes = os clientes enviam bytes simples, sem comprimento e sem o formato de uma linguagem (readUTF, ObjectInputStream, pickle, struct, JSON): leia e envie bytes
hint-call-it = o valor é um método que não foi chamado: escreva os parênteses, como em dados.upper()
hint-import-socket = aqui socket é a classe, pois foi importada com "from socket import socket": escreva import socket, ou importe também AF_INET e SOCK_STREAM pelo nome
hint-listen-packet = net.Listen é só para TCP: para UDP, use net.ListenPacket ou net.ListenUDP e depois ReadFrom e WriteTo, sem Accept
hint-queue-waits = get_nowait() e get(block=False) falham na hora se a fila está vazia: get() espera a próxima entrada, e put(), por espaço
hint-interrupted = um sinal (como SIGCHLD, no fim de um filho) interrompeu a chamada: instale o tratador com sigaction e SA_RESTART, ou chame de novo se errno for EINTR
    .perl = um sinal (como SIGCHLD, no fim de um filho) interrompeu a chamada: escreva $SIG{"{"}CHLD{"}"} = 'IGNORE', ou continue o laço se $!{"{"}EINTR{"}"} estiver definido
    .python = um sinal interrompeu a chamada: deixe o tratador do sinal retornar sem lançar exceção, e o Python chama de novo sozinho
hint-wait-group-add = chame wg.Add(1) antes de cada comando go cuja função chama wg.Done()
hint-frozen-text = esse texto não pode ser alterado (frozen_string_literal): comece com String.new ou +'', ou crie um texto novo com + ou upcase
hint-call-by-colon = chame o método com dois-pontos, que passam o objeto: texto:upper(), cliente:send(texto); com ponto, passe-o você mesmo: string.upper(texto)
hint-null-argument = a variável é null aqui: uma função de PHP só vê os seus parâmetros, então passe a variável para ela (ou declare-a com global)
hint-main-method = Java inicia public static void main(String[] args): confira a grafia, o static e os colchetes
hint-own-file-name = renomeie o seu arquivo: ele tem o nome de um módulo do Python e é importado no lugar dele
hint-require-missing = escreva require 'socket' no começo do programa, e confira a grafia da classe
hint-ended-silently = o programa terminou sem imprimir o motivo: procure exit, return e os._exit depois de uma chamada que falhou, imprima ali o erro dela (perror em C) e execute o programa no terminal
    .c = o programa terminou sem imprimir o motivo: procure exit e return depois de uma chamada que falhou, imprima ali o erro dela com perror e execute o programa no terminal
    .go = o programa terminou sem imprimir o motivo: procure os.Exit depois de if err != nil, imprima ali err e execute o programa no terminal
    .java = o programa terminou sem imprimir o motivo: procure System.exit() em um bloco catch, imprima ali a exceção (e.printStackTrace()) e execute o programa no terminal
    .node = o programa terminou sem imprimir o motivo: procure process.exit() depois de um erro, imprima ali o erro (console.error) e execute o programa no terminal
    .python = o programa terminou sem imprimir o motivo: procure sys.exit e os._exit depois de um erro (em um bloco except), imprima ali o erro e execute o programa no terminal
hint-broken-pipe = um cliente pode fechar antes de a resposta ser enviada, e então send encerra o programa: ignore SIGPIPE (signal(SIGPIPE, SIG_IGN)) ou passe MSG_NOSIGNAL, e confira o que send retorna
hint-bind-once = crie o socket e faça o bind uma única vez, antes do laço; cada volta do laço só recebe e responde

bound-twice = o programa faz bind de um socket em { $address }, embora já tenha um ali: “{ $said }”

# Errors of compilers, and of interpreters that cannot read a program.
hint-retype-character = digite esta linha de novo: ela tem um caractere que não é ASCII, como aspas tipográficas ou um espaço especial, que vêm com texto copiado de uma página ou de um slide
hint-close-text = feche o texto desta linha com a mesma aspa que o abriu
hint-close-bracket = um parêntese, colchete, chave ou bloco aberto acima não foi fechado: procure o que está sem par, e não o fim do arquivo; a indentação mostra onde ele fica
    .lua = uma função, um laço ou uma condição aberta acima não foi fechada: escreva o end que falta
    .python = feche cada parêntese, colchete ou chave que esta linha, ou uma linha acima, abre
    .ruby = um bloco, um método ou um parêntese aberto acima não foi fechado: escreva o end que falta
hint-remove-unused = Go não compila o que não é usado: use ou remova; escreva _ para um resultado de que não precisa
hint-file-of-class = dê ao arquivo o nome da classe pública, com as mesmas maiúsculas, ou escreva class sem public
hint-declare-exception = coloque a chamada em try e catch, ou escreva throws e o nome da exceção depois dos parâmetros do método; no run() de uma thread só try e catch são permitidos
hint-indent = indente esta linha como o bloco a que ela pertence: o que vem depois de dois-pontos fica quatro espaços adiante, e as linhas do mesmo bloco começam na mesma coluna
hint-colon = termine a linha de if, else, while, for, def, class, try ou except com dois-pontos
hint-define-main = o programa não tem a função main: confira o nome dela e se o arquivo que a contém foi entregue
hint-define-function = esta função é chamada, mas não está definida em nenhum arquivo da compilação: confira o nome dela e entregue o arquivo que a contém; uma biblioteca precisa do seu -l
    .cpp = esta função é declarada e chamada, mas não está definida com estes parâmetros em nenhum arquivo da compilação: compare a definição com a declaração (nome, tipos, const, &) e entregue o arquivo que a contém; uma biblioteca precisa do seu -l
hint-take-results = receba tantos resultados quantos a função retorna: em Go, a maioria retorna um valor e um erro (conn, err := …)
hint-assign-only = escreva = em vez de :=, pois estas variáveis já existem aqui
hint-declare-once = este nome é declarado duas vezes: remova uma das declarações ou use outro nome
hint-match-arguments = passe os argumentos que a função recebe, na ordem dela: veja a documentação (em C, man 2 e o nome)
    .c = passe os argumentos que a função recebe, na ordem dela: a página de manual os mostra (man 2 send)
hint-return-always = retorne um valor em todos os caminhos da função, também depois dos laços e das condições
hint-clone-first = o valor foi cedido acima: passe uma referência (&) ou uma cópia (clone(), e try_clone() para um TcpStream)
hint-make-mutable = declare a variável com let mut (ou o parâmetro com mut): o valor dela muda depois
hint-move-into-thread = escreva move antes da closure que a thread executa, para que ela seja dona do que usa
hint-convert-type = o valor aqui tem outro tipo que não o esperado: converta-o (texto e bytes são tipos diferentes na maioria das linguagens) ou passe o que se queria passar
hint-declare-name = este nome não é conhecido aqui: confira a grafia, se ele é declarado acima e se o cabeçalho, o import ou o use dele está lá
    .c = este nome não é conhecido aqui: confira a grafia e se ele é declarado acima; as funções e os tipos do sistema precisam do cabeçalho que a página de manual deles indica (man 2 socket)
    .csharp = este nome não é conhecido aqui: confira a grafia e as maiúsculas, a declaração acima e o using (System.Net, System.Net.Sockets)
    .go = este nome não é conhecido aqui: confira a grafia, a declaração com := ou var e o import
    .java = este nome não é conhecido aqui: confira a grafia e as maiúsculas, a declaração acima e o import (java.net.*, java.io.*)
    .perl = declare esta variável com my e confira a grafia
hint-make-async = declare como async a função em volta do await
hint-place-statement = este comando está fora da função, classe ou laço de que precisa: uma chave fecha cedo demais acima dele, ou a indentação está errada
hint-module-file = carregue o módulo com require ou dê ao arquivo a extensão .mjs
hint-end-statement = coloque um ponto e vírgula no fim do comando anterior a este lugar, muitas vezes no fim da linha de cima
hint-look-before = a partir deste lugar o programa não pode ser lido: procure aqui e na linha de cima um parêntese, vírgula, operador ou aspa que falta, ou, se a linguagem exige, um ponto e vírgula
hint-unpack-count = essa linha separa algo em um número de partes diferente do que ele tem: uma mensagem pode chegar em partes, então leia até ela estar completa antes de separá-la; accept e recvfrom retornam dois valores, recv só os dados
