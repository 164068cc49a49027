# O que esta máquina permite: as mensagens de `socklab doctor` e das evidências que faltam.

# O modo de isolamento.
doctor-stage-isolated = aqui os programas rodam em um ambiente isolado: com namespaces e rede próprios
doctor-stage-plain = não há ambiente isolado: os programas rodam diretamente na rede desta máquina
doctor-plain-means = por isso os pacotes e os itens com duas máquinas não são verificados aqui; as chamadas de sistema são, se puderem ser observadas (veja abaixo)
doctor-plain-means-captured = por isso os itens com duas máquinas não são verificados aqui; os pacotes são capturados só nas portas dos servidores; as chamadas de sistema são verificadas se puderem ser observadas (veja abaixo)
doctor-because = motivo: { $problem }
doctor-needs-sandbox = exige o ambiente isolado (veja acima)

# O que é testado.
doctor-namespaces = um ambiente isolado sem root (namespaces)
doctor-own-proc = um /proc separado dentro do ambiente isolado
doctor-packet-socket = sockets de pacotes dentro do ambiente isolado
doctor-capture = capturar pacotes na interface loopback, só nas portas dos servidores, sem ambiente isolado
doctor-pid-max = um limite de processos para cada ambiente isolado
doctor-sock-diag = a tabela de sockets do kernel
doctor-bound-inactive = sockets TCP com bind e sem listen, na tabela de sockets
doctor-pidfd = descritores de processo (pidfd)
doctor-seccomp-notify = observar chamadas de sistema (seccomp user notification)
doctor-memory-group = um limite do kernel para a memória de todos os programas de uma execução juntos (cgroup)
doctor-other = outra capacidade desta máquina
doctor-kernel = Linux { $release }
doctor-namespace-limits = cada usuário pode ter { $user } namespaces de usuário e { $net } namespaces de rede por vez; um cenário usa dois namespaces de usuário e até cinco de rede
doctor-open-files = { $files ->
    [1] um processo pode ter 1 arquivo aberto por vez
   *[other] um processo pode ter { $files } arquivos abertos por vez
}

# Soluções.
doctor-remedy-max-namespaces = solução: sudo sysctl -w user.max_user_namespaces=15000
doctor-remedy-userns-clone = solução: sudo sysctl -w kernel.unprivileged_userns_clone=1
doctor-remedy-apparmor = solução: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
doctor-remedy-container = solução: inicie o contêiner com docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined
doctor-remedy-capture = solução: execute o socklab como root (ele abre a captura e depois inicia os programas como nobody)
doctor-remedy-kernel-pid-max = solução: Linux 6.14 ou mais novo (até lá, outros limites controlam o número de processos)
doctor-remedy-kernel-bound = solução: Linux 6.8 ou mais novo (até lá, um servidor que esquece o listen aparece como um que não abre nada)
doctor-remedy-memory-group = solução: systemd-run --user --scope -p Delegate=yes socklab … (até lá, o socklab soma a memória dos programas e não vê pipes e sockets cheios)
doctor-remedy-none = nenhuma configuração conhecida pelo socklab mudaria isto

# Por que algo não foi observado, nos relatórios.
stage-plain = não há ambiente isolado aqui, e os programas rodaram na rede desta própria máquina: { $problem }
stage-denied = esta máquina não permite o modo de isolamento pedido: { $problem }
needs-another = depende de { $item }, que não passou
gap-socket-table = não foi possível ler a tabela de sockets do kernel: { $problem }
gap-closed = o programa (processo { $process }) não permite ser inspecionado, e por isso não se sabe quais sockets são dele: retire prctl(PR_SET_DUMPABLE), ou torne o arquivo legível (chmod u+r)
gap-32-bit = { $program } é um programa de 32 bits, que não pode ser observado aqui: compile-o para a arquitetura desta máquina (sem -m32)
gap-hidden-program = o programa executa { $program }, que não faz parte da entrega: nada foi verificado
gap-fenced = o programa se conecta à porta { $port }, que ele mesmo atende; sem ambiente isolado, os programas só podem se conectar às portas do laboratório, e por isso nada foi verificado (veja em socklab doctor como permitir o ambiente isolado)
gap-ipv6 = o servidor só atende IPv6 ({ $at }), e o enlace entre as duas máquinas é IPv4: faça o bind em 127.0.0.1 ou 0.0.0.0 para que isso seja verificado
gap-target = o servidor está em outra máquina, e só ela vê os sockets e o processo dele: lá, use ss -tulnp para vê-los e socklab run para verificá-los
gap-calls = não foi possível observar as chamadas de sistema: { $problem }
gap-packets = não foi possível capturar os pacotes: { $problem }
gap-packets-plain = sem ambiente isolado, só o root ou quem tem a capacidade CAP_NET_RAW captura pacotes, e não é o caso aqui (veja socklab doctor)
gap-packets-dropped = a captura está incompleta: { $count ->
    [1] 1 pacote foi descartado
   *[other] { $count } pacotes foram descartados
}
gap-no-hosts = duas máquinas exigem namespaces, que esta execução não teve (veja socklab doctor)
gap-target-packets = os pacotes passam por uma rede real: capture-os com o Wireshark (filtro: tcp.port == { $port }) e execute “socklab analyze ARQUIVO --port { $port }”
gap-scenario-time = o tempo do cenário ({ $limit } s) acabou enquanto o servidor ainda respondia, mas devagar: responda sem esperar (sem sleep), ou aumente limits.scenario
gap-stands-in = nenhum servidor remoto foi entregue; foi usado o de { $role }, mas ele está associado a { $at }, que outras máquinas não alcançam: dê um programa que faça bind em 0.0.0.0 (--server remote='…', ou “remote:” no socklab.yaml)
gap-stand-in-fails = nenhum servidor remoto foi entregue; foi usado o de { $role }, mas ele não inicia: isso só conta lá
note-others = além dos clientes deste cenário, { $count ->
    [1] outro programa desta máquina enviou
   *[other] { $count } outros desta máquina enviaram
} dados para a porta do servidor: esses pacotes não são avaliados nem guardados

# `socklab explain sandbox`.
sandbox-shows = O que um ambiente isolado mostra desta máquina, somente para leitura:
sandbox-system = o sistema: { $places }
sandbox-tools = as ferramentas do seu PATH: { $places }
sandbox-devices = dispositivos: { $places }, e terminais separados
sandbox-etc = /etc: { $places }
sandbox-etc-what = arquivos que compiladores, interpretadores e bibliotecas leem; sem lista de usuários, sem chaves
sandbox-writable = com permissão de escrita, vazias no início, em memória: { $places }
sandbox-nothing-else = O resto não aparece: os outros arquivos, os sockets Unix e FIFOs da máquina, os terminais e os discos dela.
sandbox-network = A rede é privada e tem só a interface loopback: ela não alcança nada de fora, e nada de fora a alcança.
sandbox-calls = Chamadas de sistema são negadas como em contêineres: chaves, io_uring, bpf, perf, montagens, namespaces, famílias raras de sockets e toda chamada sobre um processo que não é da entrega. Elas falham com EPERM e ficam registradas.
sandbox-bounds = Limites de cada cenário: 400 processos e threads, de 1 a 3 GiB de memória (segmentos System V: 256 MiB), 60 s de tempo de CPU por processo, 64 MiB por arquivo, 256 MiB em cada pasta com permissão de escrita. Um programa que ultrapassa um limite é interrompido, e o item indica o limite.
sandbox-plain = Se a máquina não permite um ambiente isolado, --stage plain executa os programas diretamente nela: o Landlock só lhes dá acesso aos arquivos do sistema e à própria pasta, e mais chamadas são negadas (sockets Unix, objetos System V, mudanças de modo e de data de outros arquivos).
