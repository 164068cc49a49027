# Mensagens de `socklab audit`: mutações de programas e o que os itens de um laboratório perceberam.

audit-unpassed = os próprios programas do laboratório não passam: { $items }. Nada foi alterado; veja socklab run
audit-survived = passa em todos os itens
audit-uncaught = passa em todos os itens: nenhum percebe
audit-errors = não foi possível executar
audit-faults = falhas que algum item percebe: { $caught } de { $faults }
audit-harmed = o programa não sobrevive a chamadas parciais ou interrompidas, que o POSIX permite: { $mutants }
audit-items = { $unfailed ->
    [0] cada um dos { $items } itens reprova alguma falha
    [one] 1 dos { $items } itens não reprova nenhuma falha; acrescente um programa que ele deva reprovar (--faulty):
   *[other] { $unfailed } dos { $items } itens não reprovam nenhuma falha; acrescente programas que eles devam reprovar (--faulty):
}

mutation-sends-nothing = send não faz nada e informa que tudo foi enviado
mutation-sends-once = só o primeiro send de um processo envia
mutation-loses-last-byte = cada send perde o último byte
mutation-changes-byte = cada send altera o byte do meio
mutation-sends-twice = cada send é feito duas vezes
mutation-loses-received-byte = cada recv de mais de um byte perde o último
mutation-ends-after-first-read = o segundo recv de uma conexão informa o fim dela
mutation-waits-for-full-buffer = recv só retorna com o buffer cheio, ou no fim da conexão
mutation-never-closes = as conexões não são fechadas, nem por shutdown
mutation-resets-connections = as conexões são fechadas com um reset (RST)
mutation-accepts-nothing = accept nunca retorna
mutation-accepts-once = o segundo accept nunca retorna
mutation-leaves-connections = uma conexão em cada duas é aceita e depois nem usada nem fechada
mutation-serves-one-client = o programa termina em vez de esperar o segundo cliente
mutation-binds-next-port = bind usa a porta seguinte
mutation-binds-loopback = bind usa o endereço de loopback
mutation-never-listens = listen não faz nada
mutation-swaps-transport = sockets TCP são UDP, e vice-versa
mutation-sends-from-other-socket = os datagramas são enviados de outro socket
mutation-sends-to-first-address = os datagramas são enviados ao primeiro endereço a que algum foi enviado
mutation-connects-to-next-port = connect usa a porta seguinte
mutation-swaps-exit-code = o código de saída é 1 em vez de 0, e 0 em vez de qualquer outro
mutation-never-exits = o programa nunca termina
mutation-prints-nothing = nada é impresso
mutation-prints-other-byte = o byte do meio de cada saída é alterado
mutation-reads-no-input = a entrada padrão termina logo no início
mutation-reads-input-once = a entrada padrão termina depois da primeira leitura
mutation-writes-other-byte = o byte do meio de cada escrita em um arquivo é alterado
mutation-writes-nothing = escritas em arquivos não fazem nada
mutation-short-reads = cada recv de uma conexão retorna no máximo 16 bytes
mutation-short-writes = cada send por uma conexão envia no máximo metade dos bytes
mutation-interrupts = um em cada cinco accept, recv e send é interrompido (EINTR)
