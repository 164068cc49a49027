//! `Operation`: what socklab asked of the system when it failed. Each has a text in both languages.

use super::message::Message;

/// Defines [`Operation`]: each variant with its description for developers.
macro_rules! operations {
    ($($variant:ident = $text:literal;)*) => {
        /// An operation of the system that may fail.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Operation {
            $(
                #[doc = concat!("The operation \"", $text, "\".")]
                $variant,
            )*
        }

        impl Operation {
            /// Every operation.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the name of the variant.
            const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($variant),)*
                }
            }
        }

        impl std::fmt::Display for Operation {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => $text,)*
                })
            }
        }
    };
}

operations! {
    DropGroups = "clearing supplementary groups";
    SetGroup = "setting the group id";
    SetUser = "setting the user id";
    SetDumpable = "setting dumpable";
    ClearDumpable = "clearing dumpable";
    CreateNetNamespace = "creating a network namespace";
    CreateNamespaces = "creating namespaces";
    MapUser = "mapping the user id";
    CountThreads = "counting threads";
    ForkThreaded = "forking a multithreaded process";
    Fork = "forking";
    OpenPidfd = "opening a pidfd";
    PollPidfd = "polling a pidfd";
    SetDeathSignal = "setting the parent-death signal";
    FindParent = "looking up the parent process";
    BecomeSubreaper = "becoming a subreaper";
    AwaitProcess = "waiting for a process";
    SendSignal = "sending a signal";
    JoinKeyring = "joining a new session keyring";
    PassDescriptor = "passing a descriptor";
    ReceiveDescriptor = "receiving a descriptor";
    OpenNetNamespace = "opening the network namespace";
    EnterNetNamespace = "entering a network namespace";
    RaiseOpenFiles = "raising the open file limit";
    LimitProcesses = "limiting the number of processes";
    MountOverlay = "mounting an overlay";
    CreateMemoryGroup = "creating a cgroup with a memory limit";
    FindMemoryController = "finding a memory controller for cgroups";
    StartProgram = "starting a program";
    SetNonBlocking = "setting non-blocking mode";
    QueryLink = "querying the link state";
    DisableOffload = "disabling an offload";
    OpenNetlink = "opening a netlink socket";
    OpenRouteNetlink = "opening a netlink socket for routes";
    SetReceiveTimeout = "setting the receive timeout";
    NameInterface = "naming an interface";
    CreateVeth = "creating the veth pair";
    EnableInterface = "enabling the interface";
    EnableLoopback = "enabling the loopback interface";
    AddAddress = "adding an address";
    AddRoute = "adding a route";
    AddNeighbor = "adding a neighbor";
    RemoveInterface = "removing the interface";
    FindInterface = "looking up the interface";
    ReadInterfaceFlags = "reading the interface flags";
    WriteSetting = "writing a kernel setting";
    SetHostName = "setting the host name";
    PrivateMounts = "making mounts private";
    CreateFile = "creating a file";
    CreateDirectory = "creating a directory";
    CreateSymlink = "creating a symbolic link";
    RecreateSymlink = "recreating a symbolic link";
    CreateNewRoot = "creating the new root";
    RemoveOldRoot = "removing the old root";
    CreateMountPoint = "creating a mount point";
    BindDirectory = "binding a directory";
    BindOutside = "binding a directory into the sandbox";
    BindFile = "binding a file";
    BindDevice = "binding a device";
    RestoreDirectory = "restoring a directory";
    MountEmpty = "mounting an empty directory";
    Mount = "mounting";
    MountNewProc = "mounting a new proc";
    SetMountAttributes = "changing mount attributes";
    ReadNotificationSizes = "reading seccomp notification sizes";
    ReceiveNotification = "receiving a notification";
    ContinueCall = "continuing a system call";
    RequestNotification = "requesting seccomp user notification";
    CreateSocketPair = "creating a socket pair";
    InstallSeccomp = "installing the seccomp filter";
    StartProbe = "starting the namespace probe";
    BindSocket = "binding a socket";
    OpenListener = "opening a listening socket";
    AcceptConnection = "accepting a connection";
    OpenPacketSocket = "opening a packet socket";
    DuplicatePacketSocket = "duplicating a packet socket";
    AttachFilter = "attaching a packet filter";
    SelectRingVersion = "selecting TPACKET_V3";
    IgnoreOutgoing = "ignoring outgoing packets";
    CreateRing = "creating a packet ring";
    MapRing = "mapping a packet ring";
    BindPacketSocket = "binding a packet socket";
    AwaitPackets = "waiting for packets";
    ReadPacketStatistics = "reading packet statistics";
    SetReceiveBuffer = "setting the receive buffer size";
    StartReceiving = "starting to receive packets";
    ReceivePacket = "receiving a packet";
    SendPacket = "sending a packet";
    CreateLandlock = "creating Landlock rules";
    FindListener = "looking up a listener";
    ListTcp = "listing TCP sockets";
    ListUdp = "listing UDP sockets";
    ReadSocketMemory = "reading socket memory";
    StartForwarder = "starting a forwarder";
    AwaitLink = "waiting for the link";
    CreateSession = "creating a session";
    ResetSignals = "resetting signals";
    DropPrivileges = "dropping privileges";
    InstallTracer = "installing the system call tracer";
    TraceCalls = "tracing the system calls";
    InstallFilter = "installing the system call filter";
    ApplyLandlock = "applying Landlock rules";
    SetLimits = "setting resource limits";
    CloseDescriptors = "closing descriptors";
    ChangeDirectory = "changing to the working directory";
    Execute = "executing";
    ConnectClient = "connecting a client";
    RegisterClient = "registering a client socket";
    RegisterServer = "registering a server's pipes";
    RegisterTracer = "registering the system call tracer";
    RegisterPackets = "registering the packet socket";
    CreateEventLoop = "creating the event loop";
    CreateTimer = "creating the timer";
    RegisterTimer = "registering the timer";
    RegisterLifeline = "registering the lifeline";
    SetTimer = "setting the timer";
    AwaitEvents = "waiting for events";
    StartMonitor = "starting the resource monitor";
    MonitorResources = "monitoring resources";
    CopyBuildOutput = "copying build output";
    GiveFiles = "giving files to a program";
    ReservePorts = "reserving the ports";
    StartAgent = "starting the agent";
    TalkToAgent = "exchanging messages with the agent";
}

impl Operation {
    /// Returns the id of its sentence: `operation-` and the name of the variant in kebab case.
    #[must_use]
    pub fn message_id(self) -> String {
        let mut id = "operation".to_owned();
        for letter in self.name().chars() {
            if letter.is_ascii_uppercase() {
                id.push('-');
            }
            id.push(letter.to_ascii_lowercase());
        }
        id
    }

    /// Returns its message.
    #[must_use]
    pub fn message(self) -> Message {
        Message { id: self.message_id().into(), args: Default::default() }
    }

    /// Returns the operation with this message.
    #[must_use]
    pub fn from_message(message: &Message) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.message() == *message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_read_back_from_their_messages() {
        for &operation in Operation::ALL {
            assert_eq!(Operation::from_message(&operation.message()), Some(operation));
        }
        assert_eq!(Operation::MountNewProc.message_id(), "operation-mount-new-proc");
        assert_eq!(Operation::from_message(&Operation::Mount.message().with("more", 1u16)), None);
    }
}
