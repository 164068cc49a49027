# A página de uma entrega.

result-skip = Ir para os itens
result-light = Claro
result-dark = Escuro
result-found = Programas detectados
result-items = Itens
result-open-all = Abrir todos
result-close-all = Fechar todos
result-pass = passou
result-fail = falhou
result-not-verified = não verificado
result-error = erro
result-waits = depende de outro item
result-count-not-submitted = { $n ->
    [1] 1 não entregue
   *[other] { $n } não entregues
}
result-count-waits = { $n ->
    [1] 1 depende de outro item
   *[other] { $n } dependem de outros itens
}
result-count-unobserved = { $n ->
    [1] 1 não pôde ser observado
   *[other] { $n } não puderam ser observados
}
result-story = O que aconteceu
result-label-program = programa
result-see-evidence = ver os pacotes e os sockets
result-filter = filtro para o Wireshark:
result-written-answer = Resposta escrita
result-this-line = esta linha:
result-source-at = mostrada em { $item }
result-findings = Verificações
result-ends = fim

result-evidence = Evidências
result-evidence-about = O que o kernel e os pacotes mostram, um cenário de cada vez.
result-diagram = Diagrama de sequência
result-panel = Passe o mouse sobre uma linha ou use as setas do teclado; os detalhes aparecem aqui. Clique para fixar; + e − mudam o tamanho.
result-smaller = Menor
result-larger = Maior
result-fit = Ajustar à largura
result-save = Salvar a captura
result-opens = abre no Wireshark
result-too-large = A captura ({ $bytes } bytes) não está incluída: esta página comporta até { $most } MiB de capturas. Use --evidence PASTA para guardar todas em uma pasta.
result-packets = Pacotes um a um
result-packets-about = Os números de sequência são relativos ao início de cada conexão; os reais estão entre parênteses. Os tempos são em segundos.
result-number = Nº
result-time = tempo
result-step = passo
result-way = de → para
result-packet = pacote
result-states = estados: cliente, servidor
result-payload = dados

result-sockets = Tabela de sockets
result-sockets-about = Estas são as tabelas de sockets do kernel: em um socket que escuta, Recv-Q é o número de conexões que esperam o accept e Send-Q é o backlog; nos demais, os dois contam bytes.
result-ready = { $server } está pronto
result-snapshot = { $name }
result-snapshot-late = { $name } (a condição esperada não ocorreu a tempo)
result-no-sockets = nenhum socket
result-protocol = protocolo
result-state = estado
result-local = endereço local
result-peer = endereço remoto
result-owner = dono
result-owner-nobody = nenhum
result-owner-other = outro programa
result-owner-server = { $server } (processo { $pid })

result-calls = Chamadas de sistema
result-process = processo
result-call = chamada
result-output = Saída de
result-no-output = Nenhuma saída.

result-manifest = Dados da execução
result-began = início
result-program-itself = gerado por
result-scenario = cenário
result-program = programa de { $role }
result-file = arquivo
result-evidence-file = evidência
result-submission = entrega
result-lab = laboratório
result-stage = isolamento
result-stage-isolated = isolado, em namespaces próprios
result-stage-plain = nenhum: na rede da própria máquina
result-stage-elsewhere = em outro lugar: o servidor já estava rodando
result-footer = Os hashes são BLAKE3. Este arquivo é autocontido: não carrega nem envia nada.
