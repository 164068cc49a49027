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
hint-nothing-listens = crie o socket, faça bind e (em TCP) listen logo no início
hint-asks-on-stdin = defina a porta no código do programa ou nos argumentos, ou coloque em socklab.yaml o que deve ser digitado (stdin:)
hint-address-in-use = encerre o programa que ainda ocupa a porta e ative SO_REUSEADDR antes do bind
hint-address-not-here = faça o bind em 127.0.0.1 ou 0.0.0.0, e não no endereço de outra máquina
hint-address-bytes = escreva htonl(INADDR_LOOPBACK): os endereços em sockaddr_in ficam na ordem de bytes da rede (inet_addr e inet_pton já os retornam assim)
hint-permission = use uma porta acima de 1023: as menores exigem root
hint-exited = execute o mesmo comando no terminal e corrija o primeiro erro que aparecer

# Como um processo terminou; vai dentro de outras frases.
status-code = código de saída { $code }
status-signal = sinal { $signal }

# O processo do servidor.
still-running = o servidor continua rodando
server-ended = o servidor terminou ({ $status }) quando ainda deveria estar atendendo
server-ended-said = o servidor terminou ({ $status }) quando ainda deveria estar atendendo; última saída: “{ $said }”
has-not-ended = o servidor continua rodando, mas já deveria ter terminado
ended = o servidor terminou como esperado ({ $status })
ended-otherwise = o servidor deveria terminar com código de saída { $code }, mas terminou com: { $status }
ended-otherwise-said = o servidor deveria terminar com código de saída { $code }, mas terminou com: { $status }; última saída: “{ $said }”
output-found = o servidor imprimiu “{ $wanted }”
output-missing = o servidor não imprimiu “{ $wanted }”; a saída dele termina com: “{ $said }”
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
hint-end = saia do laço quando recv retornar vazio (o cliente fechou a conexão), feche os sockets e deixe o programa terminar
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
hint-printed-not-sent = imprimir só mostra os dados na tela do servidor: envie-os também de volta pela conexão logo depois de cada leitura (o que vem depois do laço, ou de uma cópia para a tela como io.Copy(os.Stdout, conn), só acontece quando o cliente termina) e esvazie o buffer do fluxo, se houver (flush)
hint-reads-on = envie a resposta depois de cada recv: não espere um buffer cheio, o fim de uma linha nem o fim da conexão, pois o cliente espera a resposta antes; se ele escreve por um buffer (PrintWriter, BufferedWriter, bufio, makefile), chame flush depois de cada resposta
hint-every-client = o que atende um cliente precisa valer para cada um: registre o tratador para toda conexão (on, e não once), deixe o laço seguir com o próximo cliente e não guarde em uma variável comum que o trabalho já foi feito
hint-busy-loop = procure um laço que espera por algo sem bloquear (while (x === null), while not pronto: pass): chame recv ali, que espera por si só; no Node e em outros laços de eventos, um laço assim também impede que qualquer evento seja tratado, por isso responda no tratador dos dados; uma leitura em um buffer de tamanho 0 também retorna na hora, sem nada (Go: make([]byte, 1024), e não var b []byte)
hint-watch-connection = ponha cada conexão aceita no conjunto, ou em uma posição só dela no vetor, antes de cada espera, e não sobrescreva a lista com o que select retorna; com EPOLLET, leia até que recv retorne EAGAIN
hint-accept-once = chame accept uma vez por cliente e, depois dele, repita recv e send em um laço interno até recv retornar vazio: com accept no mesmo laço, cada mensagem precisa de uma conexão nova
hint-awaits-other-client = envie a resposta antes do próximo accept e chame accept uma vez por cliente, fora do laço que recebe dele
hint-send-to = envie a resposta com sendto ao endereço que recvfrom devolveu e verifique o que sendto devolve
hint-waits-for-keyboard = este servidor deve responder sozinho: retire a chamada que lê do teclado (input, scanf, readLine da entrada padrão)
hint-datagram-unread = chame recvfrom de novo no socket do bind depois de cada datagrama, com um buffer que não esteja vazio
hint-reset = leia tudo o que o cliente envia antes de fechar e confira se o programa não caiu: os dois casos geram RST
hint-refused = mantenha o socket aberto e receba dentro de um laço; confira se o programa não caiu
hint-answer-from-elsewhere = responda pelo mesmo socket que recebeu o datagrama, não por um novo

# Respostas diferentes da certa.
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

hint-answer-of-another-client = guarde os dados de cada conexão numa variável da própria conexão (ou thread)
hint-own-connection = passe a conexão que accept retornou à thread ou função dela como argumento, por valor: o próximo accept altera uma variável que todas compartilham; uma tabela de clientes precisa de endereço e porta como chave (uma máquina tem vários clientes)
hint-roles-swapped = envie os dados de volta sem alteração; confira se os programas de dois papéis não estão trocados
hint-upper = converta os dados para maiúsculas antes de enviá-los de volta (upper, toUpperCase, toupper)
hint-bytes = envie de volta exatamente os bytes recebidos, sem convertê-los em texto no caminho (decode, new String)
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
hint-loop = repita recv e send em um laço até recv retornar vazio (o cliente fechou a conexão) e só então feche (no Node: socket.write, e não socket.end)
hint-last-byte = confira a contagem: o laço ou a fatia deve incluir o último byte (i < n, e não i < n - 1)

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
hint-nul = envie só a quantidade de bytes que recv ou read retornou (Java: packet.getLength()), não o buffer inteiro
hint-answered-twice = chame send exatamente uma vez para cada recv

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
hint-empty-datagram = não saia do laço ao receber um datagrama vazio: UDP não tem fim de fluxo, e 0 bytes é só uma mensagem vazia

# O fim de um fluxo.
ended-by-reset = a resposta ao cliente { $client } está correta, mas depois o servidor abortou a conexão (RST) em vez de fechá-la
stream-not-ended = a resposta ao cliente { $client } está correta, mas o servidor não fechou a conexão

hint-close = quando recv retornar vazio (0 bytes), saia do laço e feche o socket daquela conexão

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
note-one-after-another = o servidor atende um cliente de cada vez: aceitos: { $accepted }; esperando na fila do accept: { $waiting }
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
hint-accept = chame accept dentro de um laço, uma vez para cada cliente
hint-watch-listener = mantenha o socket de escuta no conjunto antes de cada espera: não sobrescreva a sua lista com o que select retorna, nem use o mesmo fd_set de novo sem preenchê-lo; com EPOLLET, chame accept até que retorne EAGAIN
hint-accepted-after-all = atenda um cliente até o fim antes de chamar accept para o próximo
hint-at-once = atenda cada conexão na sua própria thread, processo ou tarefa, ou todas com select
hint-keep-listening = feche só o socket do cliente (o que accept retornou); deixe aberto o socket do próprio servidor
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
story-unread = { $bytes ->
    [1] 1 byte do cliente { $client } está na conexão sem ter sido lido
   *[other] { $bytes } bytes do cliente { $client } estão na conexão sem terem sido lidos
}
story-ended = o servidor terminou: { $status }

output-nothing = o servidor não imprimiu nada; esperado: “{ $wanted }”
state-gone = já não existe

nobody-closed = nenhum cliente havia fechado ainda
server-crashed = o servidor terminou ({ $status }) enquanto o cliente { $client } esperava a resposta
server-crashed-said = o servidor terminou ({ $status }) enquanto o cliente { $client } esperava a resposta; última saída: “{ $said }”
hint-crashed = corrija o último erro impresso e trate os erros causados por um cliente, para que os outros continuem sendo atendidos
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
