# Erros de quem escreve um cenário ou um laboratório: as frases dos diagnósticos.
# A frase começa em minúscula e termina sem ponto final; `expected-…` aparece embaixo do ponto marcado.

# Em volta de um diagnóstico.
level-error = erro
level-help = ajuda
help-nearest = você quis dizer “{ $word }”?

# Arquivos que não podem ser lidos.
file-missing = o arquivo “{ $file }” não existe
file-is-directory = “{ $file }” é uma pasta, não um arquivo
file-not-regular = “{ $file }” não é um arquivo comum
file-unreadable = não foi possível ler o arquivo “{ $file }”: { $problem }
problem-not-allowed = permissão negada
problem-links-in-a-circle = links simbólicos demais, ou em círculo
problem-below-a-file = no caminho até ele há um arquivo onde deveria haver uma pasta
problem-name-too-long = o nome é longo demais
problem-other = { $text }
file-too-large = o arquivo “{ $file }” tem mais de { $limit } bytes
file-not-text = o arquivo “{ $file }” não é texto puro em UTF-8
empty-file = este arquivo está vazio
more-documents = aqui começa um segundo documento YAML (---): cada arquivo tem um só
yaml-syntax = isto não é YAML válido: { $problem }
syntax-list-open = na lista que começa na linha { $line } falta uma vírgula, ou o ]
syntax-map-open = no mapa que começa na linha { $line } falta uma vírgula, ou o {"}"}
syntax-quotes-open = as aspas abertas na linha { $line } não são fechadas
syntax-tab = tabulações não são permitidas aqui: recue com espaços
syntax-character = um texto não pode começar com este caractere: coloque-o entre aspas
syntax-no-key-here = aqui não pode haver uma chave: alinhe-a com as chaves acima, e coloque entre aspas um texto que contenha “: ”
syntax-no-colon = uma chave antes daqui não tem dois-pontos (chave: valor)
syntax-indentation = o recuo não corresponde ao das linhas acima: os elementos de uma lista ou de um mapa começam na mesma coluna
syntax-dash = uma lista não pode começar no meio de uma linha: coloque cada - em uma linha própria
syntax-no-value = falta um valor aqui
syntax-name = falta um nome depois de & ou *: coloque entre aspas um texto que comece com um deles
syntax-rest-of-line = depois de | ou >, na mesma linha, só pode haver um comentário
syntax-alias = nenhum &nome aparece antes deste *nome: coloque entre aspas um texto que comece com *
syntax-escape = sequência de escape desconhecida: use '…' para uma \ literal
syntax-other = leitor de YAML: { $text }
alias-bomb = com os aliases (*nome) expandidos, este arquivo tem mais de { $limit } valores
too-many-values = este arquivo tem mais de { $limit } valores
nesting-too-deep = listas e mapas estão aninhados demais aqui (o limite é de 128 níveis)

# Estrutura.
mistake-yaml-tag = tags YAML (!nome) não são suportadas aqui
mistake-key = uma lista ou um mapa não pode ser chave
mistake-unknown-key = chave desconhecida: “{ $found }”
mistake-unknown-word = palavra-chave desconhecida: “{ $found }”
mistake-missing = falta a chave “{ $key }”
mistake-duplicate = a chave “{ $key }” já aparece acima
mistake-value = valor inválido aqui: { $found }
mistake-length = { $found ->
    [1] uma lista de 1 elemento não é válida aqui
   *[other] uma lista de { $found } elementos não é válida aqui
}
mistake-one-key-empty = este mapa está vazio: falta uma palavra-chave
mistake-one-key-more = aqui só cabe uma palavra-chave; escreva outro elemento da lista para cada uma
mistake-needs-value = esta palavra-chave precisa de um valor
mistake-other = não foi possível entender isto: { $text }

# O que foi encontrado, dentro de mistake-value.
found-nothing = um valor vazio
found-list = uma lista
found-map = um mapa (chave: valor)
found-word = uma palavra-chave
found-other = este tipo de valor
found-text = o texto “{ $text }”
found-number = o número { $number }
found-bool = o valor { $value }

# O que era esperado, embaixo do ponto marcado.
expected-text = esperado: um texto
expected-number = esperado: um número inteiro
expected-number-between = esperado: um número inteiro de { $least } a { $most }
expected-decimal = esperado: um número
expected-bool = esperado: true ou false
expected-list = esperado: uma lista
expected-shorter-list = esperado: uma lista mais curta
expected-map = esperado: um mapa (chave: valor)
expected-nothing = esperado: nada aqui
expected-value = esperado: um valor
expected-word = esperado: uma palavra-chave
expected-one-key = esperado: uma palavra-chave, sozinha ou com um valor (palavra: valor)
expected-one-of = esperado: um dentre { $words }
expected-name = esperado: um nome com no máximo 64 letras (a-z, A-Z), dígitos, “-”, “_” e “.”, começando por letra ou dígito
expected-duration = esperado: uma duração com unidade, por exemplo 500ms ou 2s, no máximo 10 minutos
expected-percent = esperado: uma porcentagem de 0% a 100%, por exemplo 20%
expected-packet-range = esperados números de pacotes a partir de 1, por exemplo 3, 5..7 ou 5..
expected-command = esperado: um comando, como texto que um shell separaria em palavras ou como lista de palavras
expected-role-or-command = esperado: o nome de um papel, ou um comando como lista de palavras
expected-status = esperado: um código de status, uma lista de códigos ou uma classe como 2xx
expected-file-content = esperado: o nome de um arquivo, ou o seu conteúdo como mapa
expected-other = esperado: { $text }

# Cenários inteiros.
mistake-no-steps = um cenário precisa de pelo menos um passo
mistake-no-items = um cenário precisa de pelo menos um item
mistake-no-expectations = um item sem expectativas passaria sempre: acrescente pelo menos uma
mistake-expect-without-server = a forma curta com “expect” também precisa de “server”
mistake-items-and-expect = a forma curta (“server”, “expect”) tem um só item e não usa “items”: use uma forma ou a outra

# Itens.
mistake-item-twice = o item “{ $item }” está definido duas vezes
mistake-needs-itself = o item “{ $item }” depende de si mesmo
mistake-unknown-item = item desconhecido: “{ $item }”
mistake-needs-circle = os itens “{ $item }” e “{ $need }” dependem um do outro

# Passos e expectativas.
mistake-unknown-role = papel desconhecido: “{ $name }”
mistake-no-server = nenhum servidor foi iniciado até aqui: escreva antes um passo “start”
mistake-unknown-server = não há servidor { $server } até aqui; já iniciados: { $servers }
mistake-no-clients = aqui é preciso pelo menos um cliente
mistake-too-many-clients = { $clients } clientes ao todo passam do limite de { $most } (limits.clients)
mistake-nobody-connects = nenhum cliente se conectou até aqui: escreva antes um passo “connect”
mistake-no-listener = nenhum socket escuta até aqui: escreva antes um passo “listen”
mistake-unknown-listener = não há socket de escuta { $listener } até aqui; já abertos: { $listeners }
mistake-none-accepted = nenhuma conexão foi aceita até aqui: escreva antes um passo “accept”
mistake-accepted-connection = a conexão { $client } foi aberta por um programa e aceita: não é um cliente e não tem resposta; use “bytes”, “until” ou “end” para receber e “received” para avaliar
mistake-not-collected = nenhum passo coleta o arquivo “{ $name }”: acrescente um passo “collect”
mistake-no-stream = a conexão { $client } é por UDP: datagramas não têm um fim que um programa pudesse fechar
mistake-not-accepted = o cliente { $client } vem do passo “connect”: “received” avalia conexões de passos “accept”
mistake-environment-name = o nome de uma variável de ambiente não pode ser vazio nem conter “=”
mistake-unknown-client = não há cliente { $client } até aqui; já conectados: { $clients } (contados a partir de 1)
mistake-more-than-connect = são esperadas { $wanted } conexões, mas só { $clients } clientes se conectam
mistake-nothing-sent = espera-se uma resposta, mas nada é enviado: acrescente um passo “send” ou “exchange”
mistake-exit-not-awaited = nenhum passo espera o servidor terminar: acrescente antes “wait: exit” ou “stop”
mistake-snapshot-twice = o nome de snapshot “{ $name }” já foi usado: escolha outro
mistake-unknown-snapshot = nenhum passo faz o snapshot “{ $name }”
mistake-one-of = informe exatamente um destes: { $words }
mistake-any-of = indique pelo menos um destes: { $words }
mistake-between = este número deve ficar entre { $least } e { $most }
mistake-close-quiet = um cliente só pode fechar depois de uma resposta, do fim dela, de um número de bytes ou de um texto, não depois de um tempo de silêncio
mistake-line-in-header = uma linha do cabeçalho de uma requisição não pode conter um fim de linha
mistake-given-path = “{ $path }” não é um caminho dentro da pasta de trabalho: escreva um caminho relativo de no máximo 200 bytes, sem “..”
mistake-unknown-given-file = nenhum programa recebe o arquivo “{ $name }”
mistake-empty-text = este texto não pode ser vazio
mistake-regex = expressão regular inválida: { $problem }

# O que está errado em uma expressão regular, dentro de mistake-regex.
pattern-unclosed-group = um grupo “(” não é fechado
pattern-unopened-group = falta um “(” para um “)”
pattern-unclosed-class = uma classe “[” não é fechada
pattern-unclosed-count = uma contagem de repetições “{"{"}” não é fechada
pattern-nothing-repeated = não há nada para repetir antes de “*”, “+”, “?” ou de uma contagem
pattern-unknown-escape = sequência de escape desconhecida depois de uma barra invertida
pattern-escape-at-end = ela termina com uma barra invertida
pattern-range-backwards = um intervalo em uma classe “[…]” está invertido
pattern-count-backwards = uma contagem de repetições está invertida
pattern-no-backreferences = referências a um grupo anterior (\1) não são suportadas
pattern-no-look-around = lookahead e lookbehind (?=, ?!, ?<=, ?<!) não são suportados
pattern-other = { $text }

# Variáveis.
mistake-unknown-variable = variável desconhecida: “{ $name }”
mistake-variable-given = “{ $name }” já é definida pelo socklab e não pode ser mudada aqui: escolha outro nome
mistake-variable-name = “{ $name }” não pode ser nome de variável: use a-z, 0-9 e _, começando por letra, no máximo 32

# Dados a enviar.
mistake-hex = isto não é hexadecimal: escreva dois dígitos (0-9, a-f) para cada byte
mistake-base64 = isto não é Base64 válido
mistake-payload-too-large = { $bytes } bytes de dados são demais: no máximo { $most }

# Laboratórios.
mistake-no-scenarios = um laboratório precisa de pelo menos um cenário
mistake-unknown-bundled = não há programa embutido “{ $name }”; existem: tcp-simple, udp-simple, tcp-multi, line-chat, http-server e file-server
expected-host = esperado: o nome de uma máquina, ou um nome com seu endereço IPv4 (bob: 10.0.0.7)
mistake-link-without-hosts = um enlace une duas máquinas, e não há nenhuma: escreva “hosts: [alice, bob]”
mistake-two-hosts = um cenário tem duas máquinas ou nenhuma, e não { $hosts }
mistake-same-hosts = as duas máquinas têm o mesmo nome ou o mesmo endereço
mistake-which-host = em qual máquina? Escreva “on: ...” com uma destas: { $hosts }
mistake-unknown-host = máquina desconhecida: “{ $name }”
mistake-needs-hosts = isto é verificado no enlace entre duas máquinas, e não há nenhuma: escreva “hosts: [alice, bob]”
mistake-queue-without-rate = uma fila precisa de “rate”: sem isso, nenhum pacote espera
mistake-rule-delay = “by” é o tempo da ação “delay”: os dois são escritos juntos
mistake-rule-format = “where” dá os valores de campos de um “format”: os dois são escritos juntos
mistake-path-outside = “{ $path }” está fora da entrega

# Formatos e seus campos.
expected-format = esperado um mapa de campos, um padrão de linhas ("line: …") ou json
expected-field-value = esperado um número, um texto ou bytes ("hex: …")
mistake-no-fields = um formato precisa de pelo menos um campo
mistake-field-name = “{ $name }” não pode ser nome aqui: use no máximo 32 de a-z, 0-9 e _, começando por letra, e não "rest", "zero" nem "all"
mistake-field-type = tipo de campo desconhecido: “{ $name }”
mistake-field-size = “{ $name }” não é um tamanho: escreva um número de bytes de 1 a 65.535, o nome de um campo anterior, "rest" ou (para um texto) "zero"
mistake-field-rule = “{ $name }” não é um valor deste campo nem uma regra
mistake-size-field = o tamanho de um campo deve ser um número que venha antes dele, e “{ $name }” não é
mistake-counted-field = não há campo “{ $name }” de bytes ou texto cujo comprimento se possa contar
mistake-field-constant = o valor { $name } não cabe no campo
mistake-checksum-size = a soma de verificação { $name } não cabe neste campo: use u16be ou u16le para internet16, e u32be ou u32le para crc32
mistake-after-rest = depois de “{ $name }”, que ocupa o resto da mensagem, só podem vir campos de tamanho fixo
mistake-unknown-format = formato desconhecido: “{ $name }”
mistake-format-twice = o formato “{ $name }” já está declarado em lab.yaml
mistake-unknown-field = o formato “{ $format }” não tem o campo “{ $name }”
mistake-field-value = este valor não cabe no campo “{ $name }”
mistake-field-range = o valor de “{ $name }” deve ser um número de { $least } a { $most }
mistake-field-missing = falta o valor do campo “{ $name }”
mistake-fields-without-format = isto precisa de um formato: escreva "format: …" ao lado
mistake-line-format-sent = do padrão de “{ $name }” não resulta uma linha: envie um texto
mistake-captured-later = “{ $name }” é usada aqui, mas só um passo posterior captura o valor

# Macros.
mistake-unknown-macro = macro desconhecida: “{ $name }”
mistake-macro-circle = a macro “{ $name }” usa a si mesma
mistake-unknown-parameter = a macro “{ $macro }” não tem o parâmetro “{ $name }”
mistake-missing-parameter = a macro “{ $macro }” precisa de um valor para “{ $name }”: acrescente-o em "with"
