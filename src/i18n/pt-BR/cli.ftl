# Mensagens da linha de comando: opções erradas, listas, explicações, andamento.
# A frase começa em minúscula e termina sem ponto final.

# Prefixo de um erro.
cli-error = erro: { $message }

# Opções que pedem algo que não existe.
cli-unknown-language = idioma desconhecido: “{ $tag }”; use en ou pt-BR
cli-unknown-lab = laboratório desconhecido: “{ $lab }”; use um dos embutidos ({ $known }) ou uma pasta com lab.yaml
cli-several-labs = não é possível executar vários laboratórios de uma vez: indique uma pasta com lab.yaml, ou cenários de um só laboratório
cli-unknown-item = item desconhecido: “{ $item }”; existem: { $known }
cli-unknown-item-near = item desconhecido: “{ $item }”; você quis dizer “{ $near }”?
cli-steps-one-item = --steps precisa de exatamente um --item, cujas respostas ele verifica
cli-steps-no-answers = --steps: o item “{ $item }” não pertence a um programa com um tipo de resposta conhecido
cli-unknown-role = papel desconhecido: “{ $role }”; o laboratório tem: { $known }
cli-unknown-variable = nenhum cenário tem a variável “{ $name }” (conhecidas: { $known })
cli-no-variables = nenhum cenário tem a variável “{ $name }”: não há nenhuma
cli-unknown-format = formato de relatório desconhecido: “{ $format }”; existem: { $known }
cli-not-a-pair = { $flag } precisa de um nome e um valor separados por “=”, e não “{ $word }”
cli-bad-command = linha de comando inválida: “{ $command }”: está vazia ou falta fechar aspas
cli-bad-address = “{ $address }” não é um endereço válido: escreva HOST:PORTA, por exemplo 192.0.2.7:65432
cli-unknown-name = não foi possível resolver o nome de máquina “{ $name }”
cli-file-twice = “{ $file }” já é um arquivo desta execução: use outro em { $option }
cli-same-file = dois relatórios seriam gravados em “{ $file }”: use um arquivo para cada um
cli-no-folder = não dá para gravar um relatório em “{ $file }”: é uma pasta, ou a pasta dele não existe
cli-not-readable = aqui os programas rodam como outro usuário, que não pode ler “{ $path }”: mova-o ou permita a leitura
cli-server-folder = “{ $folder }” é uma pasta, e não um programa: indique o arquivo dentro dela, por exemplo --server PAPEL='python3 { $folder }/server.py'
cli-server-and-target = --server e --target indicam o mesmo papel “{ $role }”: ou o socklab inicia o programa, ou se conecta a um que já está rodando
cli-evidence-place = não dá para guardar as evidências em “{ $folder }”: { $why }
cli-evidence-file = é um arquivo
cli-evidence-foreign = “{ $path }” já existe e não é uma pasta de evidências do socklab: não será substituída
cli-evidence-denied = permissão negada
cli-planted-link = “{ $link }” é um link simbólico que veio com a entrega: o socklab não grava através dele (remova-o ou escolha outro lugar)
cli-evidence-link = nenhuma evidência será gravada: “{ $link }” é um link simbólico que veio com a entrega (remova-o ou escolha outra pasta com --evidence)

# Erros na linha de comando.
cli-misread-option = opção desconhecida: “{ $arg }”
cli-misread-verb = comando desconhecido: “{ $verb }”
cli-misread-near = { $what }; você quis dizer “{ $near }”?
cli-misread-no-value = “{ $arg }” precisa de um valor
cli-misread-value = valor inválido “{ $value }” para “{ $arg }”
cli-misread-value-known = valor inválido “{ $value }” para “{ $arg }”; valores possíveis: { $known }
cli-misread-range = “{ $value }” está fora da faixa de “{ $arg }”: de { $low } a { $high }
cli-misread-missing = falta o argumento { $args }
cli-misread-conflict = “{ $arg }” não pode ser usado com “{ $other }”
cli-misread-usage = uso: { $usage }
cli-misread-help = para mais informações, use --help

# Andamento e listas.
cli-scenario-over = { $scenario }: { $pass } de { $all } { $pass ->
    [1] passou
   *[other] passaram
} ({ $ms } ms)
cli-points = { $points ->
    [1] 1 ponto
   *[other] { $points } pontos
}
cli-lint-clean = { $files ->
    [1] 1 arquivo ou laboratório verificado: nenhum erro
   *[other] { $files } arquivos ou laboratórios verificados: nenhum erro
}

# Explicações.
cli-nothing-to-explain = não há nada chamado “{ $word }” para explicar; `socklab explain --all` mostra tudo
cli-nothing-to-explain-near = não há nada chamado “{ $word }” para explicar: você quis dizer “{ $near }”?
cli-explain-points = pontos
cli-show-questions = pergunta
watch-again = um arquivo mudou: verificando de novo
watch-same-files = salvo sem mudança de conteúdo: nada foi executado
watch-same = nenhum item mudou desde a última execução ({ $earned } de { $of } { $of ->
    [1] ponto
   *[other] pontos
})
watch-points = mudanças desde a última execução: { $before } → { $earned } de { $of } { $of ->
    [1] ponto
   *[other] pontos
}
watch-better = melhorou: { $item } ({ $before } → { $now })
watch-worse = piorou: { $item } ({ $before } → { $now })
watch-changed = mudou: { $item } ({ $before } → { $now })
watch-other-cause = mesmo veredito ({ $now }), por outra causa: { $item }
cli-watching = observando mudanças em { $path }; Ctrl-C encerra
cli-explain-file = arquivo
cli-explain-needs = depende de
cli-explain-expects = espera
cli-explain-hint = dica
cli-explain-step = passo
cli-explain-expectation = expectativa
cli-explain-exit = código de saída {"{}"}
cli-exit-passed = todos os itens passaram
cli-exit-failed = pelo menos um item falhou
cli-exit-usage = a linha de comando, um cenário, um manifesto ou uma captura é inválida; nada foi executado
cli-exit-not-verified = nada falhou, mas algo não pôde ser verificado (com --allow-unverified o código é 0)
cli-exit-harness = erro interno do socklab; isto nunca conta contra um programa
cli-exit-interrupted = interrompido por Ctrl-C ou por um sinal; o relatório traz o que foi feito até ali

cli-harness = erro interno: { $problem }
cli-given-twice = { $flag } indica { $name } mais de uma vez

# Máquinas sem ambiente isolado.
cli-plain-means = não há ambiente isolado nesta máquina ({ $problem }); sem ele, os programas rodam { $user ->
    [root] como o usuário nobody
   *[other] com a sua conta
} e na própria rede desta máquina: podem acessar os serviços locais, ler os arquivos do sistema e ver os outros processos
cli-plain-refused = { $means }; nada foi executado; { $remedy }; para avaliar sem isolamento assim mesmo: --stage plain
cli-plain-warning = aviso: { $means }; { $remedy }; para executar sem isolamento e sem este aviso: --stage plain
cli-plain-note = aviso: { $means }; { $remedy }

# Avaliação pelo Slurm.
cli-slurm-missing = “{ $command }” não foi encontrado: --slurm precisa dos comandos de um cluster Slurm, como no nó de login. --dry-run mostra os scripts sem eles, e --shard avalia sem o Slurm
cli-slurm-refused = { $command } falhou: { $problem }
cli-slurm-argument = --sbatch-arg { $argument }: o próprio socklab define essa opção
cli-slurm-other-options = “{ $folder }” é de uma turma com outras opções: “{ $before }”, e agora “{ $now }”. Use as anteriores, escolha outro --store ou remova a pasta
cli-slurm-commands = Comandos
cli-slurm-submitted = { $n ->
    [0] todas as frações estão avaliadas
    [1] 1 fração submetida como tarefa { $job }
   *[other] { $n } frações submetidas como tarefa { $job }
}; a junção é a tarefa { $merge }
cli-slurm-attached = as tarefas desta turma estão na fila
cli-slurm-progress = { $complete } de { $shards } frações, { $done } de { $total } entregas{ $errors ->
    [0] {""}
    [1] {""}, 1 com erro
   *[other] {""}, { $errors } com erros
}; { $running ->
    [0] nenhuma tarefa em execução
    [1] 1 tarefa em execução
   *[other] { $running } tarefas em execução
}{ $left ->
    [none] {""}
   *[other] {""}; ainda { $left }
}
cli-slurm-failed = a fração { $shard } terminou sem resultados ({ $state }): veja { $log }
cli-slurm-more = { $n ->
    [1] mais 1 fração terminou sem resultados
   *[other] mais { $n } frações terminaram sem resultados
}
cli-slurm-incomplete = { $n ->
    [0] todas as frações estão avaliadas, mas não foram juntadas: veja { $log }; execute de novo o mesmo comando para juntá-las
    [1] falta 1 fração, e nada foi juntado: execute de novo o mesmo comando para submetê-la
   *[other] faltam { $n } frações, e nada foi juntado: execute de novo o mesmo comando para submetê-las
}
cli-slurm-left = as tarefas continuam; execute de novo o mesmo comando para ver o andamento
cli-slurm-unknown = squeue falhou e será tentado de novo: { $problem }
cli-slurm-done = { $n ->
    [1] 1 entrega em “{ $store }”
   *[other] { $n } entregas em “{ $store }”
}
