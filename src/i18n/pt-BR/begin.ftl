# Saída de `init`, `new-lab` e `man`, e a linha de andamento.

cli-meant = { $complaint }; você quis dizer “{ $near }”?
cli-man-no-folder = “{ $folder }” não é uma pasta
cli-man-written = { $pages } páginas de manual gravadas em { $folder }
cli-new-lab-not-empty = “{ $folder }” já existe e não é uma pasta vazia: escolha outra
cli-new-lab-written =
    laboratório criado em { $folder }; experimente:
      socklab lint { $folder }
      socklab run { $folder }
      socklab run { $folder } --server sum={ $wrong }

# Comentários no socklab.yaml.
init-what = Como o socklab executa os programas desta pasta (descoberto testando-os). Edite à vontade: este arquivo tem precedência.
init-how = run: o comando, como lista de palavras; {"{port}"} e {"{host}"} são substituídos. Outras chaves: build, port, stdin (veja socklab schema submission).
init-servers = Os servidores, pelo papel de cada um no laboratório.
init-clients = Os clientes, pelo papel do servidor a que se conectam.
init-role = { $title }: { $protocol }, porta { $port }
init-because = { $file }: { $because }
init-without = Nenhum programa foi encontrado para estes papéis. Se você tiver um, acrescente-o em “servers:”, do mesmo modo:
init-others = Outros programas encontrados, não usados:

# A atividade atual, na linha de andamento.
progress-scenario = { $scenario }: { $doing }
progress-looking = encontrando e compilando os programas
progress-again = executando de novo o que falhou
progress-start = esperando o socket do servidor
progress-type = digitando
progress-listen = abrindo um socket de escuta
progress-accept = esperando conexões do programa
progress-connect = conectando
progress-send = enviando
progress-receive = esperando uma resposta
progress-exchange = enviando e esperando a resposta
progress-finish-sending = fechando o lado de envio dos clientes
progress-close = fechando
progress-abort = abortando a conexão
progress-snapshot = lendo a tabela de sockets
progress-wait = esperando o servidor terminar ou imprimir algo
progress-stop = parando o servidor
progress-packets = lendo os pacotes
progress-other = em execução
