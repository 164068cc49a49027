# Entregas: arquivos e programas, clientes, relatório escrito, turmas.

# O que foi entregue.
delivery-empty = não contém nenhum arquivo
delivery-too-many-files = contém mais de { $limit } arquivos e pastas
delivery-too-large = os arquivos somam mais de { $limit } MiB
delivery-no-archive = “{ $file }” não é uma pasta nem um arquivo compactado (zip, tar, tar.gz)
delivery-other-archive = arquivos { $kind } não são suportados: entregue um .zip ou .tar.gz
delivery-damaged = o arquivo compactado está danificado: { $problem }
delivery-long-headers = o arquivo compactado contém mais de { $limit } MiB de cabeçalhos, além dos arquivos: compacte de novo com zip ou tar
delivery-trouble = não foi possível ler: { $problem }
delivery-inner-archive = “{ $file }” foi descompactado: não havia mais nada para executar
delivery-bad-name = ignorado: “{ $file }” está fora da entrega ou em um nível profundo demais
delivery-name-twice = ignorado: “{ $file }” aparece duas vezes
delivery-link = ignorado: “{ $file }” é um link simbólico
delivery-special = ignorado: “{ $file }” não é arquivo nem pasta
delivery-unreadable = ignorado: “{ $file }” não pode ser lido
venv-used = foram usados os módulos do ambiente virtual “{ $folder }”
requirements-not-installed = “{ $file }” lista o que os programas precisam, e nem tudo está instalado aqui: { $kind ->
    [node] execute npm install e entregue também node_modules
   *[python] crie um ambiente virtual na entrega (python3 -m venv .venv) e instale nele (.venv/bin/pip install -r requirements.txt)
}
delivery-more-left-out = { $count ->
    [1] mais 1 ignorado
   *[other] mais { $count } ignorados
}
sources-not-read = { $count ->
    [1] o arquivo de código “{ $file }” não foi examinado
   *[other] { $count } arquivos de código, como “{ $file }”, não foram examinados
} à procura de programas: são lidos no máximo { $files } arquivos e { $limit } MiB de texto; indique os programas no socklab.yaml
programs-not-started = { $count ->
    [1] o programa “{ $file }” não foi iniciado
   *[other] { $count } programas, como “{ $file }”, não foram iniciados
}: são iniciados no máximo { $most }; indique os programas no socklab.yaml
note-builds-time = nem todo programa foi compilado: as compilações de uma entrega podem levar { $limit } s ao todo (--build-timeout), e depois de duas que não terminam nenhuma outra é iniciada
note-looks-time = nem tudo foi testado: detectar programas, testar clientes e explicar falhas pode levar { $limit } s ao todo (--observe-timeout)
time-used-up = não foi executado: não restou tempo para executar esta entrega de novo
not-started-again = não foi executado: “{ $program }” não abriu a porta em { $times } outros cenários
manifest-wrong = socklab.yaml, linha { $line }: { $mistake }
manifest-wrong-somewhere = não foi possível ler o socklab.yaml
not-handed-in = não entregue
not-delivered = não entregue: nenhum programa da entrega cumpre este papel
not-kept = nenhuma evidência foi guardada

# Arquivos que não foram usados.
unused-utf-16 = “{ $file }” está salvo em UTF-16, que o compilador ou interpretador não lê: salve em UTF-8
unused-empty = “{ $file }” está vazio
unused-system = “{ $file }” é um programa do { $kind ->
    [windows] Windows
    [mac] macOS
   *[other] Android
} e não foi usado: entregue o código-fonte
unused-compiled = “{ $file }” é um programa compilado e não foi usado: entregue o código-fonte, ou declare no socklab.yaml o comando que o executa
unused-notebook = “{ $file }” é um notebook e não foi usado: entregue os programas em arquivos .py
unused-other-archive = “{ $file }” não foi descompactado: arquivos { $kind ->
    [rar] RAR
    [seven-zip] 7z
   *[other] desse tipo
} não são suportados; entregue um .zip ou .tar.gz
unused-inner-archive = “{ $file }” é um arquivo compactado dentro da entrega e não foi descompactado: entregue os arquivos que estão nele
unused-shortcut = “{ $file }” é só um atalho para um arquivo: entregue o próprio arquivo
unused-extension = “{ $file }” parece um programa, mas não foi usado, porque a extensão não é de uma linguagem conhecida: mude a extensão (por exemplo, para .py) ou declare no socklab.yaml o comando que o executa
unused-document = “{ $file }” é { $kind ->
    [picture] uma imagem
   *[other] um documento
} e não contém programa que possa ser executado: entregue os programas em arquivos de código-fonte (.py, .java, .c)
unused-report = “{ $file }” é um documento que não foi lido como relatório: são suportados Markdown (README.md), texto puro, Word (.docx) e PDF
unused-more = { $count ->
    [1] mais 1 arquivo que não foi usado
   *[other] mais { $count } arquivos que não foram usados
}

# Programas encontrados.
found-listens = escuta em { $protocol } { $address }, { $what }
found-answers-http = responde a requisições HTTP
found-answers-echo = responde com os mesmos bytes
found-answers-uppercase = responde em maiúsculas
found-answers-echo-and-more = responde com o mesmo texto e algo a mais
found-answers-uppercase-and-more = responde em maiúsculas e com algo a mais
found-answers-nothing = nenhuma resposta voltou
found-greets = envia um texto primeiro, depois { $what }
found-answers-otherwise = responde outra coisa
found-connects = conecta-se a { $address }
found-looks-up = procura um nome que não existe aqui
found-no-socket = não abre nenhum socket que escute
found-needs-tool = precisa de { $tool }, que não está instalado aqui (ou não funciona)
found-does-not-build = não compila
found-does-not-build-said = não compila: { $error }
found-needs-download = não pode ser compilado aqui sem rede: { $said }
found-exits = termina ao ser iniciado e não escreve nada
found-exits-said = termina ao ser iniciado; última saída: “{ $said }”
found-without-sockets = não contém chamadas de socket
found-fits-less = { $what }; não serve para nenhum papel, ou serve menos que outro programa
found-not-started = não foi iniciado, e por isso não se sabe o que faz
chosen-declared = declarado no socklab.yaml
chosen-by-name = escolhido pelo nome e pelo código; iniciado sozinho, não respondeu
chosen-connects = escolhido pelo código e pelo nome: conecta-se a um servidor
chosen-by-name-alone = escolhido só pelo nome e pelo código; não foi iniciado
chosen-by-name-of = escolhido pelo nome e pelo código; { $reason }
note-typed = “{ $file }” lê a entrada padrão antes de servir: foi digitado “{ $typed }” (mude com stdin: em socklab.yaml)
tool-missing = “{ $file }” precisa de { $tool }, que não está instalado aqui (ou não funciona)
does-not-build = “{ $file }” não compila
does-not-build-said = “{ $file }” não compila: { $error }
does-not-build-fetch = “{ $file }” não pode ser compilado aqui: a compilação precisa de algo que esta máquina não tem, e não há rede para baixá-lo: { $said }
does-not-build-fault = “{ $file }” não compila: { $fault ->
    [windows-headers] é escrito para Windows
    [windows] é escrito para Windows
    [byte-order-mark] contém uma marca de ordem de bytes (BOM)
    [utf-16] está salvo em UTF-16
    [encoding] não está salvo em UTF-8
    [python-2] é escrito para Python 2, mas é executado com Python 3
    [tabs] mistura tabulações e espaços na indentação
   *[line-endings] um arquivo tem quebras de linha do Windows (CRLF)
}: { $error }
does-not-build-other-system = “{ $file }” não foi testado: { $fault ->
    [windows-headers] ele foi escrito para Windows, e aqui os programas rodam em Linux; o que ajuda: os cabeçalhos do Linux (sys/socket.h, netinet/in.h, unistd.h) em vez de winsock2.h e windows.h, sem WSAStartup, e close em vez de closesocket
   *[windows] ele foi escrito para Windows, e aqui os programas rodam em Linux; o que ajuda: substituir o que só existe no Windows
}: { $error }
does-not-build-cap = a compilação de “{ $file }” foi interrompida: ela { $cap ->
    [processes] criou processos ou threads demais
    [memory] usou memória demais
    [file-size] gravou um arquivo grande demais
    [disk] usou todo o espaço em disco disponível para ela
    [cpu] usou tempo de CPU demais
   *[other] ultrapassou um limite: { $cap }
}
does-not-build-time = a compilação de “{ $file }” foi interrompida: ela não terminou em { $limit } s
not-built-in-time = “{ $file }” não foi compilado: os { $limit } s para todas as compilações de uma entrega acabaram, ou duas compilações anteriores não terminaram (use --build-timeout para dar mais tempo)
hint-build = compile com o mesmo comando no terminal e corrija o primeiro erro
hint-build-cap = procure um passo da compilação que chama a si mesmo ou que nunca termina

# Testes depois de uma falha.
waits-for-newline = o servidor só responde depois de uma quebra de linha: o mesmo texto com "\n" no fim é respondido
hint-waits-for-newline = use o que recv (read) retorna, não uma linha: os clientes do laboratório não enviam "\n" (readLine, gets e input esperam por ele)
    .c = use o que recv ou read retorna, não uma linha: os clientes do laboratório não enviam "\n", e fgets, getline e um laço até '\n' esperam por ele
    .csharp = use o que stream.Read(buffer, 0, buffer.Length) retorna, não uma linha: os clientes do laboratório não enviam "\n", e ReadLine espera por ele
    .go = use o que conn.Read(buffer) retorna, não uma linha: os clientes do laboratório não enviam "\n", e ReadString('\n'), ReadLine e bufio.Scanner esperam por ele
    .java = use o que in.read(buffer) retorna, não uma linha: os clientes do laboratório não enviam "\n", e readLine() e Scanner.nextLine() esperam por ele
    .lua = receive() e receive("*l") esperam um "\n", que os clientes do laboratório não enviam: depois de settimeout(0) e socket.select, use o terceiro resultado de receive (partial)
    .node = use o evento 'data' do socket, não uma linha: os clientes do laboratório não enviam "\n", e readline ('line'), split('\n') ou indexOf('\n') espera por ele
    .perl = use o que sysread ou recv lê, não uma linha: os clientes do laboratório não enviam "\n", e <$cliente> e readline esperam por ele
    .php = use o que socket_read($cliente, 1024) ou fread($cliente, 1024) retorna, não uma linha: os clientes do laboratório não enviam "\n", e fgets e PHP_NORMAL_READ esperam por ele
    .python = use o que conn.recv(1024) retorna (asyncio: reader.read(1024)), não uma linha: os clientes do laboratório não enviam "\n", e readline() e for linha in f esperam por ele
    .ruby = use o que cliente.readpartial(1024) retorna, não uma linha: os clientes do laboratório não enviam "\n", e gets e each_line esperam por ele
waits-for-ending = o servidor só responde depois de “{ $ending }”: o mesmo texto com “{ $ending }” no fim é respondido
hint-waits-for-ending = use o que recv (read) retorna: os clientes do laboratório não enviam nenhum caractere que marque o fim da mensagem
waits-for-length = o servidor só responde a um texto com o comprimento na frente: ele toma os primeiros bytes de cada mensagem por um comprimento
answers-too-late = o servidor responde, mas depois do tempo que o laboratório permite
hint-answers-too-late = responda imediatamente: retire todo sleep e não faça nada demorado entre recv e send
answers-fixed-text = o servidor sempre responde “{ $got }”, seja o que for enviado
hint-answers-fixed-text = devolva o que recv (read) retornou, em maiúsculas se o laboratório pedir, e não um texto seu
    .c = devolva os n bytes que recv ou recvfrom guardou no buffer, depois de toupper se o laboratório pedir, e não um texto seu
    .go = devolva o que Read ou ReadFrom guardou, buffer[:n], com bytes.ToUpper se o laboratório pedir, e não um texto seu
    .java = devolva o que read ou receive guardou no buffer, com toUpperCase() se o laboratório pedir, e não um texto seu
    .node = devolva os dados do evento 'data' (UDP: 'message'), com dados.toString().toUpperCase() se o laboratório pedir, e não um texto seu
    .python = devolva o que recv ou recvfrom retornou, com dados.upper() se o laboratório pedir, e não um texto seu
note-reset-client = um cliente que aborta a conexão (RST, por exemplo quando é morto) também derruba o servidor ({ $how }): { $advice }
note-unread-client = um cliente que envia e fecha sem ler a resposta também derruba o servidor ({ $how }): { $advice }
note-pausing-client = um cliente que se conecta e só envia depois de uma pausa também derruba o servidor ({ $how }): { $advice }
note-pausing-client-unanswered = um cliente que se conecta e só envia depois de uma pausa não recebe resposta, embora outros recebam: { $advice }
note-idle-server = o servidor termina depois de um segundo sem cliente ({ $how }): { $advice }
abrupt-printed = última saída: “{ $said }”
abrupt-nothing = nenhuma saída
abrupt-advice-c = chame signal(SIGPIPE, SIG_IGN) ou envie com MSG_NOSIGNAL, verifique o resultado de recv e send e siga com o próximo cliente
abrupt-advice-python = capture ConnectionError no recv e no send de cada cliente, feche o socket dele e siga com o próximo
abrupt-advice-java = capture IOException para cada cliente, feche o socket dele e siga com o próximo
abrupt-advice-node = trate o evento 'error' de cada socket
abrupt-advice-other = trate os erros de recv e send de cada cliente e siga com o próximo
pause-advice-c = não defina limite de tempo (SO_RCVTIMEO) nem O_NONBLOCK, ou chame accept e recv de novo depois de EAGAIN
pause-advice-python = retire settimeout e setblocking(False), ou capture TimeoutError e BlockingIOError e chame accept ou recv de novo
pause-advice-java = retire setSoTimeout, e leia sem perguntar antes a ready() ou available(): read espera pelos dados
pause-advice-other = deixe accept e recv esperarem sem limite de tempo, ou chame-os de novo depois dele
# A menor troca que falha.
note-fails-with-one = já falha quando um cliente envia “{ $data }” (repita: { $command })
note-fails-with-bytes = já falha quando um cliente envia { $bytes } bytes, “{ $data }” (repita: { $command })
note-fails-with-same = já falha quando um cliente envia “{ $data }” { $times ->
    [2] duas vezes
   *[other] { $times } vezes
} (repita: { $command })
note-fails-with-several = já falha quando um cliente envia { $messages } mensagens (repita: { $command })
note-fails-in-turn = já falha quando { $clients } clientes, um depois do outro, enviam “{ $data }” cada um (repita: { $command })
note-fails-together = já falha quando { $clients } clientes ao mesmo tempo enviam um texto curto cada um (repita: { $command })

# Clientes.
client-right = cliente “{ $file }”: conecta-se a { $address }, envia e imprime a resposta
client-never-connects = cliente “{ $file }”: não se conecta; última saída: “{ $said }”
client-other-port = cliente “{ $file }”: conecta-se a { $address }, mas o servidor do laboratório está na porta { $port }
client-looks-up = cliente “{ $file }”: procura o nome “{ $name }”, que não existe aqui: conecte-o a um endereço, como 127.0.0.1
client-looks-up-something = cliente “{ $file }”: procura um nome que não existe aqui: conecte-o a um endereço, como 127.0.0.1
client-other-address = cliente “{ $file }”: conecta-se a { $address }, endereço de outra máquina
client-sends-nothing = cliente “{ $file }”: conecta-se a { $address } e não envia nada
client-prints-nothing = cliente “{ $file }”: não imprime a resposta de { $address }
client-gets-nothing = cliente “{ $file }”: envia a { $address } e não recebe nada
client-address-given = cliente “{ $file }”: seu código contém { $address }, e por isso o servidor recebeu esse endereço nesta execução
client-right-with-own = cliente “{ $file }”: funciona com o servidor da própria entrega
client-wrong-with-own = cliente “{ $file }”: não funciona com o servidor da própria entrega
client-ends-with-error = cliente “{ $file }”: a troca com { $address } está correta, mas depois ele termina com erro: { $said }
client-tool-missing = cliente “{ $file }”: precisa de { $tool }, que não está instalado aqui
client-does-not-build = cliente “{ $file }”: não compila

# O relatório escrito.
written-missing = o relatório “{ $file }”, indicado no socklab.yaml, não existe
written-other-format = o relatório é “{ $file }”: só há suporte a Markdown, texto simples, Word (.docx) e PDF
written-unreadable = não foi possível ler o documento “{ $file }”: está danificado, cifrado ou é grande demais
written-bad-code = o relatório tem um bloco { $language } inválido (“{ $first }”): { $problem }
picture-elsewhere = a imagem “{ $file }” está na rede: não foi verificada
picture-missing = a imagem “{ $file }” não está na entrega
picture-other-name = a imagem “{ $file }” não está na entrega; “{ $near }” está
picture-is-none = “{ $file }” não é uma imagem
picture-twice = a imagem “{ $file }” aparece duas vezes no relatório
picture-of-the-course = a imagem “{ $file }” foi fornecida pelo curso, não é sua
written-more-pictures = imagens do relatório que não foram verificadas: { $count } (são verificadas no máximo { $limit })
written-pictures-beside-no-item = { $count ->
    [1] 1 imagem do relatório não pertence a nenhum item: { $files }
   *[other] { $count } imagens do relatório não pertencem a nenhum item: { $files }
}
report-label-mark = à mão
report-mark = { $points } { $n ->
    [1] ponto
   *[other] pontos
}{ $has-comment ->
    [yes] : { $comment }
   *[no] { "" }
}
report-documented = { $answered ->
    [yes] resposta escrita: encontrada
   *[no] resposta escrita: não encontrada
}{ $n ->
    [0] { "" }
    [1] , 1 imagem
   *[other] , { $n } imagens
}
report-label-report = relatório
report-program-server = { $role } ← { $program }: { $because }
report-program-client = cliente { $role } ← { $program }: { $because }
report-program-other = não usado: { $program }: { $because }
report-nothing-run = nada foi executado: { $reason }

# A linha de comando.
cli-no-delivery = não há pasta nem arquivo compactado “{ $path }”
cli-delivery = “{ $path }”: { $reason }
cli-no-submissions = não há entregas em “{ $path }”: cada uma é uma pasta ou um arquivo compactado
cli-submission-twice = duas entregas têm o nome “{ $name }”
cli-store-busy = outra execução está usando o arquivo de resultados “{ $store }”: espere que termine ou escolha outro com --store
cli-store-not-ours = “{ $store }” não é um arquivo de resultados desta versão do socklab
cli-store-other-lab = “{ $store }” guarda resultados do laboratório “{ $lab }”: indique outro com --store
cli-store-missing = não há arquivo de resultados “{ $store }”
cli-store-whole-class = “{ $store }” guarda uma turma inteira, e não uma fração: indique outro arquivo com --store
cli-store-other-shard = “{ $store }” guarda a fração { $shard } de uma turma: indique outro arquivo com --store
cli-store-other-seed = os resultados de “{ $store }” têm a semente { $seed }: não use --seed ou indique outro arquivo com --store
cli-shard-value = “{ $value }” não é uma fração da turma: escreva I/N, com I de 1 a N, como em 3/64, ou auto
cli-shard-none = --shard auto: nenhuma variável de um vetor de tarefas está definida ({ $known }); escreva --shard I/N
cli-shard-missing = --shard auto: { $index } está definida, mas falta { $missing }; escreva --shard I/N
cli-shard-number = --shard auto: { $name } é “{ $value }”, que não é um número
cli-shard-range = --shard auto: { $name } é { $value }, mas { $total } tarefas são numeradas a partir de { $first } (no máximo { $limit } frações)
cli-shard-gaps = --shard auto: { $index } é um de { $count } números entre { $first } e { $last } com distâncias diferentes; submeta o vetor como 1-N ou escreva --shard I/N
cli-shard-conflict = --shard auto: { $first } indica a fração { $one }, mas { $second } indica { $other }; escreva --shard I/N
cli-merge-no-part = “{ $store }” guarda uma turma inteira, e não uma fração
cli-merge-in-use = “{ $store }” não está completo: a fração está sendo avaliada ou foi interrompida; avalie a fração de novo com o mesmo comando
cli-merge-damaged = “{ $store }” não pode ser lido ({ $problem }): copie o arquivo de novo ou avalie de novo a fração
cli-merge-unfinished = “{ $store }” não está completo: { $n ->
    [1] 1 entrega
   *[other] { $n } entregas
} da fração { $shard } { $n ->
    [1] não tem
   *[other] não têm
} resultado atual ({ $names }); avalie a fração de novo com o mesmo comando
cli-merge-other-member = “{ $store }” contém “{ $name }”, que não é da fração { $shard }
cli-merge-foreign = “{ $part }” não é da mesma turma que “{ $first }”: { $what ->
    [shards] o número de frações é outro
    [version] a versão do socklab é outra
    [lab] o laboratório é outro
    [roster] a lista da turma é outra
   *[submissions] as entregas são outras
}; avalie de novo a fração com o mesmo comando das outras
cli-merge-seed = “{ $part }” tem a semente { $seed }, mas “{ $first }” tem { $other }: remova um deles e avalie de novo a fração com --seed e a semente do outro
cli-merge-twice = “{ $part }” e “{ $other }” são a mesma fração, { $shard }
cli-merge-missing = { $n ->
    [1] falta a fração { $names } de { $count }
   *[other] faltam as frações { $names } de { $count }
}
cli-merge-more = { $n ->
    [1] mais 1 problema
   *[other] mais { $n } problemas
}
cli-merged = { $n ->
    [1] 1 entrega
   *[other] { $n } entregas
} de { $parts ->
    [1] 1 fração
   *[other] { $parts } frações
} em “{ $store }”{ $kept ->
    [0] {""}
    [1] ; 1 resultado anterior de outra entrega foi mantido
   *[other] ; { $kept } resultados anteriores de outras entregas foram mantidos
}
warn = aviso: { $text }
warn-plain = os programas entregues são executados na rede da própria máquina, sem ambiente isolado: eles alcançam o que você alcança
warn-other-seed = os resultados guardados são da semente { $stored }; com --seed { $asked }, as perdas no enlace diferem entre as entregas
warn-lab-changed = o laboratório mudou: { $n ->
    [1] 1 entrega já avaliada é executada
   *[other] { $n } entregas já avaliadas são executadas
} de novo
warn-no-submission = { $n ->
    [1] 1 estudante da lista não tem entrega
   *[other] { $n } estudantes da lista não têm entrega
}: { $names }{ $more ->
    [0] { "" }
    [1] { " " }e mais 1
   *[other] { " " }e mais { $more }
}
warn-not-on-roster = { $n ->
    [1] 1 entrega não está na lista da turma
   *[other] { $n } entregas não estão na lista da turma
}: { $names }{ $more ->
    [0] { "" }
    [1] { " " }e mais 1
   *[other] { " " }e mais { $more }
}
warn-tool-missing = { $tool } não está instalado aqui: { $n ->
    [1] 1 entrega com arquivos { $language } pode não ser verificada
   *[other] { $n } entregas com arquivos { $language } podem não ser verificadas
}: { $names }{ $more ->
    [0] { "" }
    [1] { " " }e mais 1
   *[other] { " " }e mais { $more }
}
cli-graded = { $id }: { $earned }/{ $of } ({ $what })
cli-graded-now = avaliada
cli-graded-before = sem mudança
cli-written = gravado: { $path }
cli-grading-done = { $n ->
    [1] 1 entrega
   *[other] { $n } entregas
} em “{ $store }” ({ $kept } sem mudança)
cli-marked = { $student }, { $item }: { $text }
cli-mark-removed = { $student }, { $item }: sem pontos dados à mão
cli-mark-no-student = o arquivo de resultados não tem a entrega “{ $student }”
cli-mark-no-item = os resultados de { $student } não têm o item { $item }
cli-mark-incomplete = falta { $flag }: para dar pontos são necessários --student, --item e --points ou --remove
cli-mark-too-long = o comentário tem { $count } caracteres; são aceitos no máximo { $limit }
cli-mark-points = { $points } pontos são demais: no máximo { $limit }, ou -{ $limit }
cli-mark-line = { $student }  { $item }  { $text }
cli-mark-none = não há pontos dados à mão neste arquivo de resultados
cli-regraded = { $n ->
    [1] 1 entrega reavaliada
   *[other] { $n } entregas reavaliadas
}, { $changed } { $changed ->
    [1] mudou
   *[other] mudaram
}
cli-init-exists = { $file } já existe: use --force para substituí-lo
cli-init-nothing = nenhum servidor foi encontrado em “{ $path }”
cli-init-written = { $file } gravado
cli-fill-format = “{ $file }” não é uma { $kind } válida: { $problem }
cli-fill-no-row = “{ $file }” não tem linha para { $n ->
    [1] esta entrega
   *[other] estas { $n } entregas
} dos resultados guardados: { $names } (use --skip-unknown para { $n ->
    [1] deixá-la
   *[other] deixá-las
} de fora)
cli-fill-several-rows = mais de uma linha de “{ $file }” corresponde à entrega “{ $name }”
cli-fill-same-row = as entregas “{ $one }” e “{ $other }” correspondem à mesma linha de “{ $file }”
cli-fill-no-number = “{ $file }” não pode ser preenchido: não é possível converter pontos para a nota máxima “{ $value }”, que não é um número
cli-fill-ambiguous-maximum = “{ $file }” não pode ser preenchido: a nota máxima “{ $value }” significa números diferentes conforme o país; escreva-a com duas casas decimais
cli-fill-zero-maximum = “{ $file }” não pode ser preenchido: a nota máxima é { $value }
cli-fill-scaled = as notas foram convertidas: { $of } pontos do laboratório equivalem a { $maximum } em “{ $file }”
cli-fill-skipped = { $n ->
    [1] ignorada, porque “{ $file }” não tem linha para ela
   *[other] ignoradas, porque “{ $file }” não tem linha para elas
}: { $names }
cli-fill-kept = não preenchido, porque a nota em “{ $file }” é EX ou N/A: { $names }
fill-name = “{ $name }”
fill-names = { $first }, { $rest }
fill-kind-moodle = planilha de notas do Moodle
fill-kind-canvas = exportação do Canvas
fill-empty = está vazia
fill-not-utf8 = não está codificada em UTF-8
fill-open-quote = ela tem aspas que não são fechadas
fill-no-column = falta a coluna { $column }
fill-column-identifier = do número do participante (Identificador)
fill-column-grade = da nota (Nota)
fill-column-maximum = da nota máxima (Nota máxima)
fill-column-student = do aluno (Student)
fill-column-unnamed = --column não indica a coluna da tarefa
fill-several-columns = mais de uma coluna corresponde a “{ $column }”: { $columns }
fill-no-possible-row = falta a linha “Points Possible”
cli-one-submission = o formato { $format } aceita uma só entrega: escolha-a com --only
cli-roster = “{ $file }” não é uma lista de turma válida: { $problem }
cli-download-among-others = “{ $file }” parece o download de uma turma, mas é avaliado como uma só entrega, porque os outros arquivos compactados não são downloads: se for um, indique só ele
roster-nobody = não contém nenhuma entrega
roster-not-utf8 = não está codificada em UTF-8
roster-unreadable = { $problem }
