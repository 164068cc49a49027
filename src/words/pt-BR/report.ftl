# Palavras dos formatos de relatório.

# Rótulos à esquerda de uma linha.
report-label-cause = causa
report-label-line = linha
report-label-hint = dica
report-label-expected = esperado
report-label-repeat = repita
report-label-evidence = evidência
report-label-note = nota
report-label-seed = semente
report-label-unseen = não visto
report-label-wanted = devia vir
report-label-got = veio

# Abaixo dos bytes que diferem.
report-caret = difere a partir do byte { $at } (o primeiro byte é o 0)
report-hidden = { $n ->
    [1] [1 byte oculto]
   *[other] [{ $n } bytes ocultos]
}

# Motivos e contagens de um item.
report-not-verified = não verificado: { $reason }
report-error = problema do próprio socklab, não do programa: { $reason }
report-no-reason = nenhum motivo foi registrado
report-more-findings = { $n ->
    [1] e mais 1 achado: --report json=- o mostra
   *[other] e mais { $n } achados: --report json=- os mostra
}

# O resumo.
report-count-pass = { $n ->
    [1] 1 passou
   *[other] { $n } passaram
}
report-count-fail = { $n ->
    [1] 1 falhou
   *[other] { $n } falharam
}
report-count-not-verified = { $n ->
    [1] 1 não verificado
   *[other] { $n } não verificados
}
report-count-error = { $n ->
    [1] 1 erro
   *[other] { $n } erros
}
report-submissions = { $n ->
    [1] 1 entrega
   *[other] { $n } entregas
}, { $perfect } com todos os itens certos
report-seed = { $seed } (dela vieram todas as escolhas aleatórias)
report-interrupted = interrompido: os itens que faltam aqui não foram executados
report-empty = nada foi executado
report-plain-stage = os programas rodaram na rede desta própria máquina, sem isolamento
report-doctor = `socklab doctor` diz o que falta aqui e o que fazer
report-evidence = { $folder }
report-evidence-packets = { $folder }/capture.pcapng   (filtro: { $filter })
