# Os textos de `--help`. Um comando é `help-COMANDO`, um argumento `help-COMANDO-ARGUMENTO` ou, se vários comandos o têm,
# `help-any-ARGUMENTO`; um valor possível acrescenta o seu nome. `-after` vem embaixo da ajuda de um comando.

help-word-usage = Uso
help-word-commands = Comandos
help-word-arguments = Argumentos
help-word-options = Opções
help-word-default = padrão
help-word-possible-values = valores possíveis

# Marcadores de valores.
help-value-options = OPÇÕES
help-value-command = COMANDO
help-value-tag = IDIOMA
help-value-when = QUANDO
help-value-store = RESULTADOS
help-value-lab = LABORATÓRIO
help-value-folder = PASTA
help-value-service = SERVIÇO
help-value-files = ARQUIVOS
help-value-file = ARQUIVO
help-value-name = NOME
help-value-output = ARQUIVO
help-value-words = PALAVRAS
help-value-port = PORTA
help-value-item = ITEM
help-value-n = N
help-value-text = TEXTO
help-value-arguments = ARGUMENTOS
help-value-shell = SHELL
help-value-dir = PASTA
help-value-delivery = ENTREGA
help-value-id = ID
help-value-jobs = N
help-value-seed = SEMENTE
help-value-time = TEMPO
help-value-format-file = FORMATO=ARQUIVO
help-value-what = O_QUE
help-value-stage = MODO
help-value-submissions = ENTREGAS
help-value-csv = CSV
help-value-format = FORMATO
help-value-column = COLUNA
help-value-i-n = I/N
help-value-parts = PARTES
help-value-steps = PASSOS
help-value-role-command = PAPEL=COMANDO
help-value-role-host-port = PAPEL=HOST:PORTA
help-value-name-value = NOME=VALOR
help-value-arg = ARG

# Argumentos de vários comandos.
help-any-help = Mostra esta ajuda
help-any-version = Mostra a versão
help-any-lang = Idioma da saída: en ou pt-BR [padrão: o de LC_ALL, LC_MESSAGES ou LANG]
help-any-color = Quando usar cores: auto, always ou never
help-any-verbose = Mostra cada item separadamente, todas as dicas e a linha do cenário
help-any-quiet = Mostra só por onde começar e os pontos
help-any-store = Arquivo de resultados
help-any-lab = Nome de um laboratório embutido, ou pasta com um lab.yaml
help-any-output = Grava neste arquivo, e não na saída padrão
help-any-items = Só este item, ou os itens desta parte (pode ser repetida; `*` é curinga)
help-any-jobs = Número de cenários executados em paralelo [padrão: número de CPUs + 1]
help-any-build_timeout = Limite de tempo para todas as compilações de uma entrega juntas; uma só pode usar três quartos dele
help-any-observe_timeout = Limite de tempo por entrega para execuções além dos itens do laboratório: detectar programas, testar clientes, explicar falhas
help-any-reports = Grava um relatório: FORMATO=ARQUIVO; `-` é a saída padrão (pode ser repetida)
help-any-shows = Mostra também isto de cada cenário
help-any-shows-timeline = Diagrama de sequência dos pacotes e chamadas de sistema
help-any-shows-packets = Uma linha por pacote
help-any-shows-sockets = A tabela de sockets em cada snapshot
help-any-stage = Modo de isolamento
help-any-stage-auto = Isolado se possível; senão plain, com um aviso (`grade`: nada é executado)
help-any-stage-isolated = Em namespaces próprios
help-any-stage-plain = Sem ambiente isolado, na própria rede desta máquina
help-any-allow_unverified = Termina com 0 mesmo que alguns itens não pudessem ser verificados
help-any-no_ci = Desativa a saída automática para serviços de CI e plataformas de correção

help-socklab = Avalia laboratórios de programação com sockets com evidências do kernel
help-socklab-after = Códigos de saída: 0 todos os itens passaram; 1 um item falhou; 2 linha de comando, cenário ou manifesto inválido (nada foi executado); 3 nada falhou, mas alguns itens não puderam ser verificados; 4 erro interno; 130 interrompido.
help-help = Mostra esta ajuda ou a de um comando

help-run = Executa o laboratório embutido, ou arquivos de cenário, e relata cada item
help-run-files = Arquivos de cenário, ou uma pasta com um lab.yaml [padrão: o laboratório embutido]. Um arquivo listado por um lab.yaml na mesma pasta ou em uma acima é executado como parte desse laboratório; os itens de que ele depende também são, sem serem relatados
help-run-lab = Se nenhum arquivo for dado: nome de um laboratório embutido, ou pasta com um lab.yaml
help-run-servers = Linha de comando de um papel; {"{port}"} e {"{host}"} são substituídos; nenhum shell é usado
help-run-targets = Testa um servidor que já está rodando neste endereço; o que não puder ser observado não é verificado
help-run-variables = Define uma variável de cenário
help-run-seed = Semente de todas as escolhas aleatórias [padrão: aleatória, mostrada no relatório; 1 se só rodam programas embutidos]
help-run-evidence = Grava as evidências de cada cenário nesta pasta: pacotes para o Wireshark, um diagrama de sequência, o diário, a tabela de sockets, a saída dos servidores e um manifesto com o hash de cada arquivo
help-run-after =
    Exemplos:
      socklab run                                            o laboratório e os programas embutidos
      socklab run --server tcp-simple='python3 echo.py'      substitui o programa de um papel
      socklab run --item tcp-multi.5 --item 'udp-simple.*'   só alguns itens
      socklab run my-scenario.yaml                           seu próprio cenário
      socklab run my-lab/many.yaml                           um cenário e os itens de que ele depende
      socklab run --target tcp-simple=192.0.2.7:65432        um servidor que já roda em outra máquina
      socklab run --report junit=results.xml --report json=- dois relatórios; - é a saída padrão
      socklab run --evidence evidence --item tcp-multi.4     guarda pacotes, diagrama e diário

help-check = Verifica uma entrega: encontra os programas, executa o laboratório e explica as falhas
help-check-delivery = A entrega: uma pasta ou um arquivo compactado (zip, tar, tar.gz) [padrão: a pasta atual, ou a do Gradescope]
help-check-seed = Semente de todas as escolhas aleatórias [padrão: aleatória, mostrada no relatório]
help-check-evidence = Grava as evidências dos itens que falharam nesta pasta
help-check-steps = Troca os passos do item depois de `start` e verifica só as respostas, como em `connect, exchange: a, close`
help-check-watch = Verifica de novo a cada mudança em um arquivo, até Ctrl-C
help-check-after =
    Exemplos:
      socklab check                              a entrega na pasta atual
      socklab check trabalho.zip                 um arquivo compactado, como será entregue
      socklab check . --item tcp-multi.5         um item
      socklab check . --watch                    de novo a cada mudança em um arquivo
      socklab check . --report html=page.html    uma página: itens, pacotes, sockets, capturas

help-grade = Avalia todas as entregas de uma pasta ou de um download do Moodle ou do Canvas (pode ser retomado)
help-grade-submissions = Pastas de entregas, arquivos compactados de uma entrega cada, ou downloads de tarefas do Moodle ou do Canvas
help-grade-roster = Lista da turma: CSV, com ou sem cabeçalho, uma entrega por linha, indicada na primeira coluna, em uma chamada submission, folder ou id, ou na que corresponder; os relatórios mostram os nomes de outra coluna
help-grade-jobs = Número de entregas avaliadas em paralelo, cada uma com até quatro cenários; outras começam enquanto essas esperam [padrão: número de CPUs]
help-grade-seed = Semente de todas as escolhas aleatórias [padrão: a do arquivo de resultados; senão, aleatória; de uma fração: derivada da turma]
help-grade-reports = Grava um relatório da turma: FORMATO=ARQUIVO; `-` é a saída padrão (pode ser repetida) [padrão: uma tabela no terminal, senão csv=-]
help-grade-force = Executa de novo todas as entregas, mesmo as que não mudaram
help-grade-only = Só esta entrega (pode ser repetida; `*` é curinga)
help-grade-failed = Executa de novo as entregas que não passaram em tudo
help-grade-shard = Avalia uma de N frações da turma, como em `3/64`; `auto` a lê das variáveis do cluster ou do serviço de CI. `socklab merge` junta os arquivos de resultados
help-grade-earlier = Começa pelas entregas que mais demoraram neste arquivo de resultados anterior [padrão: --store]
help-grade-progress = Grava o andamento neste arquivo, em JSON, para outros programas
help-grade-slurm = Avalia a turma como um vetor de tarefas do cluster Slurm, junta os resultados em --store e mostra o andamento. Ctrl-C encerra só a exibição; o mesmo comando a mostra de novo ou submete o que falta
help-grade-shards = Slurm: número de frações, cada uma uma tarefa do vetor
help-grade-at_once = Slurm: número máximo de tarefas em execução ao mesmo tempo [padrão: o que o cluster permitir]
help-grade-sbatch_args = Slurm: argumento para o sbatch, como `--sbatch-arg=--partition=long` (pode ser repetida)
help-grade-dry_run = Slurm: mostra os scripts e os comandos; não submete nada
help-grade-after =
    Exemplos:
      socklab grade entregas/                    uma pasta ou um arquivo compactado por entrega
      socklab grade download.zip                 o download de uma tarefa do Moodle ou do Canvas
      socklab grade entregas/ --roster turma.csv uma linha, com nome, para cada um da lista
      socklab grade entregas/ --failed           só as que não passaram em tudo
      socklab grade entregas/ --shard 3/8 --store part-3.db
                                                 uma fração da turma, em uma de várias máquinas
      socklab grade entregas/ --slurm --shards 64
                                                 todas as frações e a junção, em um cluster Slurm
      socklab report socklab.db --format csv     a mesma tabela, sem executar nada

help-merge = Junta as frações de uma turma em um arquivo de resultados
help-merge-parts = Arquivos de resultados de todas as frações da turma, em qualquer ordem
help-merge-store = Arquivo de resultados da turma; os pontos dados à mão são mantidos
help-merge-after =
    Exemplos:
      socklab merge part-*.db --store class.db   um arquivo de resultados com os de todas as frações
      socklab report class.db --format csv       a tabela da turma inteira

    Se uma fração faltar, não estiver completa ou for de outra turma, nada é juntado.

help-regrade = Avalia de novo as evidências guardadas, com o laboratório atual, sem executar nada
help-regrade-after =
    Exemplos:
      socklab regrade                            reavalia os resultados de socklab.db
      socklab regrade notas.db --lab my-lab      com seu próprio laboratório

help-mark = Soma pontos dados à mão aos de um item, com um comentário; sem opções, lista esses pontos
help-mark-student = A entrega: seu identificador, ou o nome do aluno
help-mark-item = O item, como `tcp-simple.5`
help-mark-points = Pontos a somar; pontos negativos são subtraídos, no máximo até 0. Substitui os dados antes
help-mark-comment = Um comentário, que os alunos veem em todos os relatórios
help-mark-remove = Retira os pontos dados à mão ao item
help-mark-after =
    Exemplos:
      socklab mark notas.db --student ana --item tcp-simple.5 --points 2 --comment "resposta clara"
      socklab mark notas.db --student ana --item tcp-simple.5 --remove
      socklab mark notas.db                      lista todos os pontos dados à mão

    Os pontos são somados aos da execução em todos os relatórios. O veredito e o máximo não mudam.

help-report = Gera um relatório dos resultados guardados, ou preenche uma planilha de notas
help-report-format = Formato do relatório
help-report-only = Só esta entrega (`*` é curinga)
help-report-for_students = Omite os itens ocultos
help-report-anonymous = html: troca nomes por números e omite textos escritos pelos alunos
help-report-moodle = Preenche esta planilha do Moodle; os pontos são convertidos para a nota máxima dela
help-report-canvas = Preenche esta exportação do Canvas; os pontos são convertidos para o “Points Possible” da tarefa
help-report-column = Canvas: o título da tarefa, ou os primeiros caracteres do título da coluna
help-report-skip_unknown = Ignora, e lista, as entregas que não têm linha na planilha
help-report-output = Grava neste arquivo, e não na saída padrão; html: nesta pasta, com a turma em index.html e uma página por entrega
help-report-after =
    Exemplos:
      socklab report notas.db                                     a turma, no terminal
      socklab report notas.db --only ana                          uma entrega
      socklab report notas.db --format csv --output notas.csv     uma tabela
      socklab report notas.db --moodle worksheet.csv --output filled.csv
      socklab report notas.db --canvas export.csv --column Sockets --skip-unknown --output filled.csv

help-init = Encontra os programas de uma entrega e grava o socklab.yaml
help-init-folder = A pasta da entrega
help-init-force = Substitui um arquivo existente
help-init-ci = Grava, em vez disso, um workflow que verifica cada push neste serviço de CI
help-init-ci-github = .github/workflows/socklab.yml
help-init-ci-gitlab = .gitlab-ci.yml
help-init-devcontainer = Grava, em vez disso, um contêiner de desenvolvimento para o Codespaces e o VS Code
help-init-after =
    Exemplos:
      socklab init                               a entrega na pasta atual
      socklab init trabalho --force              de novo, substituindo o arquivo
      socklab init --ci github                   um workflow que verifica cada push
      socklab init --devcontainer                um contêiner com o socklab para o Codespaces e o VS Code

help-new-lab = Cria um pequeno laboratório que funciona: cenário, servidor correto e servidor defeituoso, README
help-new-lab-folder = Uma pasta nova ou vazia
help-new-lab-after =
    Exemplos:
      socklab new-lab my-lab                     grava o laboratório
      socklab run my-lab                         com o servidor correto: tudo passa
      socklab run my-lab --server sum='python3 my-lab/wrong.py'
                                                 com o servidor defeituoso: um item falha

help-audit = Testa um laboratório: altera os programas corretos dele e mostra quais itens percebem
help-audit-lab = O nome de um laboratório embutido, ou uma pasta com um lab.yaml
help-audit-mutations = Só esta mutação; pode ser repetida [padrão: todas]
help-audit-faulty = Um programa defeituoso para um papel, que algum item deve reprovar; pode ser repetido
help-audit-json = Imprime JSON
help-audit-after =
    Exemplos:
      socklab audit                              o laboratório padrão: cada programa com cada mutação
      socklab audit my-lab --mutation sends-twice
                                                 uma mutação
      socklab audit my-lab --faulty sum='python3 my-lab/wrong.py'
                                                 um programa defeituoso, além das mutações

    Código de saída: 0 se cada item reprova alguma falha; senão, 1.

help-lint = Verifica arquivos de cenário e de laboratório, sem executar nada
help-lint-files = Arquivos de cenário, arquivos lab.yaml, ou pastas com um lab.yaml [padrão: os laboratórios embutidos]
help-lint-after =
    Exemplos:
      socklab lint                               os laboratórios embutidos
      socklab lint my-lab                        um laboratório: lab.yaml e os arquivos que ele lista
      socklab lint my-lab/sum.yaml               um cenário

help-schema = Imprime um JSON Schema (de cenário, laboratório, entrega ou relatório)
help-schema-name = O esquema a imprimir
help-schema-after =
    Exemplos:
      socklab schema                             o esquema dos arquivos de cenário
      socklab schema lab --output lab.schema.json
      socklab schema report                      o esquema de --report json

help-list = Lista os itens de um laboratório
help-list-labs = Lista, em vez disso, os laboratórios embutidos
help-list-after =
    Exemplos:
      socklab list                               os itens do laboratório embutido
      socklab list --lab my-lab                  os itens de seu próprio laboratório
      socklab list --labs                        os laboratórios embutidos

help-show = Mostra o que o laboratório pede em um item e o cenário que o verifica
help-show-item = O item
help-show-lab = Nome de um laboratório embutido, ou pasta com um lab.yaml
help-show-after =
    Exemplos:
      socklab show tcp-multi.5                   o que se pede, e como é verificado

help-explain = Explica um item, um passo, uma expectativa, a causa de uma falha, um código de saída ou o ambiente isolado
help-explain-words = Um item, palavra-chave, causa ou código de saída, como `tcp-multi.5`, `connect`, `no-answer`, `3`; `sandbox`; ou uma causa copiada de um relatório, entre aspas
help-explain-all = Explica tudo
help-explain-lab = O laboratório dos itens: nome de um embutido, ou pasta com um lab.yaml
help-explain-after =
    Exemplos:
      socklab explain tcp-multi.5                um item
      socklab explain connect uppercase          um passo e uma expectativa
      socklab explain no-answer                  a causa de uma falha, pelo id
      socklab explain 'o cliente 1 enviou e não recebeu resposta'
      socklab explain 3                          um código de saída
      socklab explain --all                      tudo

help-analyze = Resume as conversas TCP e UDP de um arquivo de captura (pcapng ou pcap)
help-analyze-file = O arquivo de captura, também compactado com gzip ou zstd; "-" lê a entrada padrão
help-analyze-port = Só conversas que usam esta porta em uma das pontas
help-analyze-summary = Uma linha por conversa, sem os pacotes
help-analyze-expect = Avalia a captura por este item do laboratório, só com os pacotes
help-analyze-after =
    Exemplos:
      socklab analyze capture.pcapng             todas as conversas, pacote por pacote
      socklab analyze capture.pcapng --port 65432 --summary
      socklab analyze capture.pcapng --expect tcp-multi.4
      tcpdump -i lo -w - | socklab analyze - --summary

help-doctor = Verifica o que esta máquina permite, e como corrigir o que ela não permite
help-doctor-after =
    Exemplos:
      socklab doctor                             o que funciona nesta máquina
      socklab doctor --lang en                   em inglês

help-serve = Executa um dos servidores embutidos (instalados também como socklab-tcp-simple etc.)
help-serve-arguments = tcp-simple, udp-simple, tcp-multi, line-chat, http-server ou file-server, seguido de suas opções: --host, --port
help-serve-after =
    Exemplos:
      socklab serve tcp-simple                   um servidor de eco em 127.0.0.1:65432, para um cliente
      socklab serve tcp-multi --host 0.0.0.0     acessível de outras máquinas
      socklab serve udp-simple --help            as opções dele
help-serve-program =
    O servidor { $name } do laboratório.

    Uso: { $name } [--host HOST] [--port PORTA]{ $concurrent ->
        [yes] {" [--concurrent]"}
       *[no] {""}
    }

    Padrão: --host 127.0.0.1 --port { $port }{ $concurrent ->
        [yes] {"\u000A"}--concurrent atende cada conexão em sua própria thread
       *[no] {""}
    }

help-client = Executa o cliente embutido
help-client-arguments = Opções do cliente: --protocol, --host, --port, --message
help-client-after =
    Exemplos:
      socklab client --message hello             envia ao servidor em 127.0.0.1:65432
      socklab client --protocol udp --port 65431 --message hello
help-client-program =
    O cliente do laboratório: envia uma mensagem e imprime o que volta.
    Com chat, um cliente para o servidor line-chat: envia cada linha digitada e imprime cada linha que vem.
    Com files, um cliente para o file-server: busca um arquivo ou envia um para lá.

    Uso: client [tcp|udp|chat] [HOST PORTA] [--host HOST] [--port PORTA] [--message TEXTO]
         client files HOST PORTA get|put NOME

    Padrão: tcp --host 127.0.0.1 --message 'Hello, world'
            --port 65432 em tcp, 65431 em udp, 65433 em chat

help-completions = Imprime um script de autocompletar para um shell
help-completions-shell = Shell
help-completions-after =
    Exemplos:
      source <(socklab completions bash)         para o shell atual
      socklab completions fish > ~/.config/fish/completions/socklab.fish

help-man = Grava as páginas de manual do socklab e de seus comandos
help-man-output = Pasta de saída, criada se não existir
help-man-after =
    Exemplos:
      socklab man --output man                   man/socklab.1, man/socklab-run.1, …
      man -l man/socklab-check.1                 lê uma delas
