#include "common_words.hpp"

#include <string>
#include <unordered_set>

#include "mozu/base/text.hpp"

namespace mozu::reports {
namespace {

// English words that somebody named an actor, malware or tool after, or is likely to. Other words are noticed in the report itself, where
// they stand in lower case.
constexpr std::string_view words =
    "actinium adonis aeon agenda aluminum amnesia amoeba anchor android andromeda angler annabelle anubis apocalypse apostle appleseed arcane "
    "archie argus armageddon arp assassin assembly at atlas atom attack attacker august aura auriga aurora avalanche avenger aware axiom azazel "
    "babar babylon backspace bank barium bart base basic basin bb beagle bear beast beethoven benchmark bert beta big bingo biscuit bismuth "
    "bitter bittersweet black blackjack blackout blank blind blizzard block bloodhound blooper blue bluebottle bo bookworm boom boot boron botnet "
    "bottle bouncer box brain brat brazilian brick bridge bring bromine brotherhood buckeye bud build bull bumblebee bunny butterfly cactus "
    "calcium calendar call callisto calypso camera campaign cannon canopy carbon cardinal casper castle cat center cesium chain chameleon chaos "
    "chase cheers chimborazo chimera chisel chlorine chopstick christmas chromium cicada citadel city class clay clean clear cleaver client cloak "
    "clock clouded cmd cobalt code collection colossus combine combos compression confluence confucius consciousness control cool copper core "
    "coronavirus covenant crypted cowboy credentials creeper creepy crime crimson crown crutch cry crying crystal cuba curator cyclone cyclops czech "
    "dairy dark data databases dead deadlock deadwood death deep defacement defender delta demo demon denis desktop desolated dharma diamond "
    "disco discovery disdain dishwasher district django dodger dog dogfish domains domino done donut door double dragon dragonfly drifter "
    "driftwood drop duke dune dusk dust dustman dustpan eagle earth east echo edge eight elbrus elfin elise elmer embargo emissary empire encrypt "
    "endurance energy engine enigma entropy epic epsilon equation erebus eris eruption eternal eternity euclid evasion everest evolution "
    "execution executioner exorcist expand exploits explorer explosive extractor fake fallout fanny fargo faust felipe ferocious fidel fiesta "
    "final fire fireball firmware first fish flame flamer flamingo flash float fly fog force fox foxtrot foxy frag frankenstein free freezing "
    "frog frozen full fury fusion future gallium gamma gate gazer general genesis ghost ghostwriter giant gibberish gingerbread gingersnap global "
    "globe goggles gold good goon gop gopher gorilla gotcha grand great green grep grid grief grinch groove group hacked hades hafnium hand hard "
    "hardware havoc haze head heart helium hermes hidden high hippo hitler hive hog home homeland honeybee honor hoodoo hook hooking horde host "
    "houdini house hunt hunter hunters hunting hydra hydrogen hyena icarus ice icecap image impact impersonation inception indra infinity inside "
    "insomnia interlock iodine katana killswitch ipa iridium iron island james jigsaw joker judge jump kali karma karo kevin key kill kindest king kirov kit "
    "knight "
    "knot korean krypton lambda land landmark landslide law lawrencium lazarus lead leak legend level leviathan lexus lick light lilith lime line "
    "lion liquid list live load lock locked locker lockout locus loki long longhorn loop lord lorenz losers lost love lucifer lucky lucy lurid "
    "lurk lyceum lynx machete mafia magic magician magnesium magnitude main malware man manganese mango mantis maple marcher mark mars mask "
    "master matrix mega maze media medusa meek meh meow mercury metal meteor method mettle midas mikoyan milan mimic mind mini minotaur mirage mirror "
    "mobile model monsoon monte monument moon moonlight morpheus mosquito moth mount mountain mouse mutant myra mystic mythic name nautilus "
    "nebula nebulae nemesis neodymium neptunium net network neuron neutrino nevada new newscaster newsreels next nickel night nightclub nightmare "
    "ninja nitrogen north norton nova nuclear nuke null ocean oceans oct octopus ogre old one open order ordinal orion osiris other outsider owl "
    "oxygen ozone pacemaker page panda pandora panel paradise paradox parasite part party pass past patchwork path pay payload payment pear "
    "pegasus pep peppy persistence phantom philadelphia phobos phoenix phone phosphorus photo pickaxe pickles pilot ping pink pioneer pipe pirate "
    "place plan planetary plant platinum play playboy plead plutonium point poison polaris polonium polyglot pompous pony pool popeye port post "
    "potassium power powerless predator press prestige prime prism project prometheus proof protected proton providence proxy public pulpy pump "
    "pupa purge python quantum queen quick r ra race radar radium rain raindrop ramp ramsey rancor ransomed rapid rapture rattlesnake ratty raven "
    "razor real reaper reconnaissance record rector red reg relic reptile reset resurrection revolution reynolds rhino rich rig ring rip rise "
    "risen risk river road rock rocket rook room root rose rotor route rover royal ruby rule ruler rush russian sabbath sad safe salami salsa "
    "salt samurai sanction sanctions sand sarcoma sardonic saturn satyr save scan scar scarab scatterbrain school schoolboys scimitar scorpion "
    "scout scraper script scripting sea search secret sector secure self sepsis sepulcher serpent server service seven shade shadow shark "
    "sharpshooter shell shield shift ship shipshape shop short show shrug side siesta sign signal silence silent silicon silver silverfish simple "
    "single six skid skull sky slam sleep slingshot sliver slow slug small smart smoke snake snatch snoopy snow sodium soft software solar "
    "soldier solider solo solve song soul sound source sourdough south space spaceship spark sparta spartan speed sphinx spica spider spirit "
    "split spook sport spring square stage stalker star start state steel stinger stone stop storm stranger stream streamer street strike strong "
    "strontium stupid styx sub sugar sulphur summit sun sundown sunspot super superb superman supernova surprise survey swallowtail switch sword "
    "synapse system table tag tank target taskmasters taurus team teardrop templar template ten termite test thallium thief thor thorium thunder "
    "tick tiger tilde time timmy tiny titan tool top tor torch tortoise tortoiseshell touch tower town toxic track trade trail trailblazer train "
    "trap tree trick trickster trident trinity tripoli triton trojan troy trust turkish turn twist two tycoon tyrant under union unit unknown "
    "unsafe update uppercut ups ursa user vanguard vault vendetta venom vermin viagra victim victims view viper virus voice void vortex voyeur "
    "vulcan vulnerabilities waffle waiting waldo waled wall war warlock warp watch watchdog water wave web webmasters well werewolves west whale "
    "whisper white wild will wind window windshield winos winter wiper wire wizard wolf wood word work world worm wraith yellow ymir young "
    "yttrium zeppelin zero zeta zeus ziggy zinc zipper zircon zirconium zola zone zorro ";

const std::unordered_set<std::string_view>& table() {
  static const std::unordered_set<std::string_view> set = [] {
    std::unordered_set<std::string_view> s;
    for (const auto w : split(words, ' '))
      if (!w.empty()) s.insert(w);
    return s;
  }();
  return set;
}

}  // namespace

// What things are, not what they are called; platforms, products, peoples. Lists of names hold them by mistake or for want of better.
constexpr std::string_view generic =
    "trojan trojans payload payloads malware ransomware backdoor backdoors rootkit loader dropper downloader botnet botnets worm virus keylogger stealer "
    "infostealer spyware adware exploit "
    "exploits phishing spam proxy payment credentials locker phone number first second file files server servers wildcard zlib covid covid19 coronavirus "
    "corona android windows linux macos ios unix java javascript "
    "python php ruby perl office excel word outlook explorer chrome firefox safari google microsoft apple facebook twitter telegram discord skype email mail "
    "russian chinese korean "
    "brazilian turkish czech iranian indian israeli ukrainian vietnamese american european mobile phone system update security threat attack attackers group "
    "team campaign unknown "
    "anonymous hacker hackers decryptor encryptor crypter cryptor bitcoin monero 0day zeroday dll exe zip rar pdf html http https ssh ftp smb rdp dns vpn tor "
    "api json xml sql windows10 windows7 the of and "
    "admin administrator user root demo test sample samples data database web website internet network cloud docker kubernetes azure aws domain domains ip url "
    "hash token key tool tools script scripts macro macros vba "
    "miner miners coinminer cryptominer injector installer updater client agent agents bot bots rat rats coin coins silent shellcode shell command commands "
    "service services process console terminal browser plugin plugins module modules ";

bool is_generic_word(std::string_view lower) {
  static const std::unordered_set<std::string_view> set = [] {
    std::unordered_set<std::string_view> s;
    for (const auto w : split(generic, ' '))
      if (!w.empty()) s.insert(w);
    return s;
  }();
  return set.contains(lower);
}

bool is_common_word(std::string_view lower) { return table().contains(lower); }

}  // namespace mozu::reports
