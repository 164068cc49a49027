# Pacotes pelo nome: o diagrama de sequência e os comentários dos arquivos de captura.
timeline-client = cliente { $client }
timeline-role = { $role }
timeline-server = servidor { $server }
timeline-a-client = cliente
timeline-a-server = servidor
timeline-step = passo { $number }: { $step }
timeline-lost = perdido no enlace
timeline-lost-again = retransmissão, perdida no enlace
timeline-reordered = atrasado pelo enlace
timeline-duplicated = duplicado pelo enlace
timeline-corrupted = corrompido pelo enlace: o checksum está errado
timeline-altered = um byte alterado pelo enlace, checksum correto
timeline-truncated = truncado pelo enlace
timeline-retransmission = retransmissão
timeline-out-of-order = fora de ordem
timeline-ahead = depois de lacuna
timeline-keep-alive = keep-alive
timeline-zero-window = janela zero
timeline-more-clients = e mais { $clients ->
    [1] 1 cliente
   *[other] { $clients } clientes
}, cujos pacotes ({ $packets }) não estão desenhados
timeline-more-rows = e mais { $count ->
    [1] 1 linha
   *[other] { $count } linhas
}
timeline-comment-of-client = { $client }: { $what }
timeline-comment-of-server = { $server } para { $client }: { $what }
timeline-comment-special = { $comment } [{ $special }]
timeline-comment-step = { $comment } ({ $step })
timeline-legend-packet = pacote
timeline-legend-again = retransmitido ou fora de ordem
timeline-legend-lost = perdido
timeline-legend-refused = reset ou recusa
timeline-legend-call = chamada de sistema
timeline-no-packets = { $scenario }: nenhum pacote foi capturado, portanto não há diagrama
