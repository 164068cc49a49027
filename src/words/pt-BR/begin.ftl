# Os primeiros cinco minutos: o que `init`, `new-lab` e `man` escrevem e dizem.

cli-meant = { $complaint }; você quis dizer “{ $near }”?
cli-man-no-folder = “{ $folder }” não é uma pasta
cli-man-written = { $pages } páginas de manual escritas em { $folder }
cli-new-lab-not-empty = “{ $folder }” já existe e não é uma pasta vazia: escolha outra
cli-new-lab-written =
    um laboratório foi escrito em { $folder }; experimente:
      socklab lint { $folder }
      socklab run { $folder }
      socklab run { $folder } --server sum={ $wrong }

# Comentários no socklab.yaml.
init-what = Como os programas desta pasta são executados; isto foi descoberto experimentando-os. Mude à vontade: o socklab acredita no que está aqui.
init-how = run: o comando, como lista de palavras; {"{port}"} e {"{host}"} são substituídos. Também há: build, port, stdin (socklab schema submission).
init-servers = Os servidores, pelo papel de cada um no laboratório.
init-clients = Os clientes, pelo papel do servidor com que falam.
init-role = { $title }: { $protocol }, porta { $port }
init-because = { $file }: { $because }
init-without = Nenhum programa foi encontrado para estes papéis. Se você tiver um, escreva-o em “servers:”, do mesmo modo:
init-others = Também há, sem uso:

# O que se espera, na linha que se move.
progress-scenario = { $scenario }: { $doing }
progress-looking = encontrando e compilando os programas
progress-again = olhando de novo o que falhou
progress-start = esperando o socket do servidor
progress-connect = conectando
progress-send = enviando
progress-receive = esperando uma resposta
progress-exchange = enviando e esperando a resposta
progress-finish-sending = encerrando o envio dos clientes
progress-close = fechando
progress-abort = derrubando a conexão
progress-snapshot = olhando a tabela de sockets
progress-wait = esperando o servidor terminar ou imprimir algo
progress-stop = parando o servidor
progress-packets = lendo os pacotes
progress-other = em execução
