# Palavras dos formatos de relatório.

# Rótulos à esquerda de uma linha.
report-label-cause = causa
report-label-also = também
report-label-line = linha
report-label-sends = envia em
report-label-hint = dica
report-label-expected = verificação
report-label-repeat = repetir
report-label-evidence = evidência
report-label-note = obs.
report-label-seed = semente
report-label-unseen = não observado
report-label-wanted = esperado
report-label-got = recebido
report-same-cause = a mesma de { $item }

# Abaixo dos bytes que diferem.
report-caret = primeira diferença no byte { $at } (contando de 0)
report-hidden = { $n ->
    [1] [1 byte oculto]
   *[other] [{ $n } bytes ocultos]
}

# Motivos e contagens de um item.
report-not-verified = não verificado: { $reason }
report-range = { $first } a { $last }
report-start-with = Comece por { $item }: { $cause }
report-start-with-line = Comece por { $item }, { $line }: { $cause }
report-mark-order = itens da esquerda para a direita: { $items }
report-marks = ✓ passou   ✗ falhou   ? não verificado   – não entregue   · depende de outro item   ○ não pôde ser observado   ! erro
report-frequent-causes = Causas mais frequentes
report-error = erro do socklab (não do programa): { $reason }
report-no-reason = nenhum motivo foi registrado
report-more-findings = { $n ->
    [1] mais 1 resultado: use -v para vê-lo
   *[other] mais { $n } resultados: use -v para vê-los
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
report-seed = { $seed } (repita com --seed { $seed })
report-interrupted = interrompido: os itens que não aparecem aqui não foram executados
report-empty = nada foi executado
report-plain-stage = os programas rodaram na rede desta própria máquina, sem isolamento
report-doctor = use `socklab doctor` para ver o que falta aqui e como resolver
report-evidence = { $folder }
report-evidence-packets = { $folder }/capture.pcapng   (filtro: { $filter })
